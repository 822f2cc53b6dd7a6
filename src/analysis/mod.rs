//! What the checks ask: reachability and loops, segment algebra.
