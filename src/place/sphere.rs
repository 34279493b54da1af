//! Distances on the sphere. Points are unit vectors; an angle times the radius is a distance.

use std::f64::consts::TAU;

/// Mean radius of the Earth in kilometres (IUGG).
pub(super) const EARTH_KM: f64 = 6371.0088;
/// A true distance is at least this part of that on the sphere of the mean radius: along a meridian at the equator the
/// radius of curvature of the ellipsoid WGS 84 is 6335.4 km, which is less than anywhere else.
pub(super) const LEAST_PART: f64 = 0.994;
/// Cosines of small angles are all but 1, so that an angle may be wrong by this much, in radians (60 cm).
pub(super) const ANGLE_ERROR_MAX: f64 = 1e-7;
/// Arcs shorter than this have no direction, in radians (6 mm).
const ARC_MIN: f64 = 1e-9;

/// A unit vector: a point of the sphere.
pub(super) type Vector = [f64; 3];

/// The point at a latitude and longitude in degrees.
pub(super) fn vector(lat: f64, lon: f64) -> Vector {
    let ((lat_sin, lat_cos), (lon_sin, lon_cos)) = (lat.to_radians().sin_cos(), lon.to_radians().sin_cos());
    [lat_cos * lon_cos, lat_cos * lon_sin, lat_sin]
}

/// The angle between two points in radians, to within [`ANGLE_ERROR_MAX`].
pub(super) fn angle(one: Vector, other: Vector) -> f64 {
    angle_of_cosine(dot(one, other))
}

/// The angle that has this cosine.
pub(super) fn angle_of_cosine(cosine: f64) -> f64 {
    cosine.clamp(-1.0, 1.0).acos()
}

/// A spherical cap: every point that is at most `radius` (radians) from `centre`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cap {
    pub(super) centre: Vector,
    pub(super) radius: f64,
}

impl Cap {
    /// A cap that holds all the arcs.
    pub(super) fn around(arcs: &[Arc]) -> Cap {
        let add = |sum: Vector, arc: &Arc| [0, 1, 2].map(|axis| sum[axis] + arc.start[axis] + arc.end[axis]);
        let centre = unit(arcs.iter().fold([0.0; 3], add)).unwrap_or([1.0, 0.0, 0.0]);
        let reach = |arc: &Arc| {
            // The middle of an arc is nowhere further from the centre than its nearer end and half its length.
            angle(centre, arc.start).max(angle(centre, arc.end)) + angle(arc.start, arc.end) / 2.0
        };
        Cap { centre, radius: arcs.iter().map(reach).fold(0.0, f64::max) }
    }

    /// The least angle that two points of the caps can have.
    pub(super) fn least_angle(&self, other: &Cap) -> f64 {
        (angle(self.centre, other.centre) - self.radius - other.radius - 4.0 * ANGLE_ERROR_MAX).max(0.0)
    }
}

/// The shorter part of the great circle between two points; both may be the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc {
    pub(super) start: Vector,
    pub(super) end: Vector,
    /// Pole of the great circle, and the poles of the planes that bound what lies beside the arc; `None` for a point.
    planes: Option<[Vector; 3]>,
}

impl Arc {
    pub(super) fn new(start: Vector, end: Vector) -> Arc {
        let normal = cross(start, end);
        let pole = Some(normal).filter(|normal| norm(*normal) > ARC_MIN).and_then(unit);
        Arc { start, end, planes: pole.map(|pole| [pole, cross(pole, start), cross(end, pole)]) }
    }

    /// The cosine of the angle between a point and the nearest point of the arc.
    pub(super) fn nearness(&self, point: Vector) -> f64 {
        match self.planes {
            Some([pole, from_start, to_end]) if dot(from_start, point) >= 0.0 && dot(to_end, point) >= 0.0 => {
                let sine = dot(pole, point);
                (1.0 - sine * sine).max(0.0).sqrt()
            }
            _ => dot(self.start, point).max(dot(self.end, point)),
        }
    }

    /// Whether the meridian from `point` to the north pole crosses the arc.
    pub(super) fn is_north_of(&self, point: Vector) -> bool {
        let lon = point[1].atan2(point[0]);
        let east = |of: Vector| (of[1].atan2(of[0]) - lon + TAU * 1.5).rem_euclid(TAU) - TAU / 2.0;
        let (from, to) = (east(self.start), east(self.end));
        // The ends lie on both sides of the meridian, and the arc does not pass behind the pole.
        let crosses = (from < 0.0) != (to < 0.0) && (from - to).abs() < TAU / 2.0;
        let Some([pole, ..]) = self.planes.filter(|_| crosses) else { return false };
        let crossing = -(pole[0] * lon.cos() + pole[1] * lon.sin()) / pole[2];
        crossing.atan() > point[2].clamp(-1.0, 1.0).asin()
    }
}

fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn norm(a: Vector) -> f64 {
    dot(a, a).sqrt()
}

fn unit(a: Vector) -> Option<Vector> {
    let length = norm(a);
    (length > 0.0).then(|| a.map(|part| part / length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn km(one: (f64, f64), other: (f64, f64)) -> f64 {
        angle(vector(one.0, one.1), vector(other.0, other.1)) * EARTH_KM
    }

    #[test]
    fn famous_distances() {
        let (berlin, new_york, sydney) = ((52.52, 13.405), (40.7128, -74.006), (-33.8688, 151.2093));
        assert!((km(berlin, new_york) - 6385.0).abs() < 10.0, "{}", km(berlin, new_york));
        assert!((km(new_york, sydney) - 15_990.0).abs() < 30.0, "{}", km(new_york, sydney));
        assert!((km((0.0, 179.0), (0.0, -179.0)) - 222.4).abs() < 0.1);
        assert!(km(berlin, berlin) < 0.001);
    }

    proptest! {
        #[test]
        fn an_arc_is_as_near_as_its_nearest_point(
            ends in prop::array::uniform2((-89.0..89.0, -180.0..180.0)),
            point in (-89.0..89.0, -180.0..180.0),
        ) {
            let [start, end] = ends.map(|(lat, lon)| vector(lat, lon));
            prop_assume!(angle(start, end) < 3.0);
            let (arc, point) = (Arc::new(start, end), vector(point.0, point.1));
            let on_arc = |part: f64| unit([0, 1, 2].map(|axis| start[axis] * (1.0 - part) + end[axis] * part));
            let steps = (0..=1000).filter_map(|step| on_arc(f64::from(step) / 1000.0));
            let nearest = steps.clone().map(|on_arc| angle(on_arc, point)).fold(f64::INFINITY, f64::min);
            let found = angle_of_cosine(arc.nearness(point));
            prop_assert!(found <= nearest + ANGLE_ERROR_MAX && found > nearest - 0.2, "{found} {nearest}");
            let cap = Cap::around(&[arc]);
            for on_arc in steps {
                prop_assert!(angle(cap.centre, on_arc) <= cap.radius + 2.0 * ANGLE_ERROR_MAX);
            }
        }
    }
}
