//! Frame to packet.
