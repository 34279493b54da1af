//! The rules of the cells over reports of recorded and made calls.
