//! Every text of the report in its order, so that a change to all of them forgets none: each record has the walk from
//! its own definition.

/// Takes a text and the name of the field that holds it.
pub(in crate::exposure) type Visit<'v> = &'v mut dyn FnMut(&'static str, &mut String);

/// Something that holds texts.
pub(in crate::exposure) trait Texts {
    /// Shows every text to `visit`; `field` is the name of the field that holds this.
    fn texts(&mut self, field: &'static str, visit: Visit<'_>);
}

impl Texts for String {
    fn texts(&mut self, field: &'static str, visit: Visit<'_>) {
        visit(field, self);
    }
}

impl<T: Texts> Texts for Option<T> {
    fn texts(&mut self, field: &'static str, visit: Visit<'_>) {
        self.iter_mut().for_each(|inner| inner.texts(field, visit));
    }
}

impl<T: Texts> Texts for Vec<T> {
    fn texts(&mut self, field: &'static str, visit: Visit<'_>) {
        self.iter_mut().for_each(|inner| inner.texts(field, visit));
    }
}

macro_rules! no_text {
    ($($kind:ty)*) => { $(impl Texts for $kind {
        fn texts(&mut self, _field: &'static str, _visit: Visit<'_>) {}
    })* };
}

no_text!(bool u8 u16 u32 u64 f64);
