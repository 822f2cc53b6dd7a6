//! Lanes beside the column of stages: arcs that would run over each other are put into different ones.

/// The rows an arc spans, the upper one first; both are the same for a loop of one stage.
pub(super) type Rows = (usize, usize);

/// The lane of each arc, from the column outwards: short arcs inside, so that an arc goes round those it contains.
pub(super) fn assign(arcs: &[Rows]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..arcs.len()).collect();
    order.sort_by_key(|at| (arcs[*at].1 - arcs[*at].0, arcs[*at].0));
    let mut lanes: Vec<Vec<Rows>> = Vec::new();
    let mut lane_of = vec![0; arcs.len()];
    for at in order {
        // Not inside of any arc that it contains.
        let above = lanes.iter().rposition(|lane| lane.iter().any(|other| contains(arcs[at], *other)));
        let first = above.map_or(0, |lane| lane + 1);
        let free = (first..lanes.len()).find(|lane| !lanes[*lane].iter().any(|other| collide(arcs[at], *other)));
        let lane = free.unwrap_or(lanes.len());
        if lane == lanes.len() {
            lanes.push(Vec::new());
        }
        lanes[lane].push(arcs[at]);
        lane_of[at] = lane;
    }
    lane_of
}

fn contains(outer: Rows, inner: Rows) -> bool {
    outer != inner && outer.0 <= inner.0 && inner.1 <= outer.1
}

/// Arcs that only meet at a stage may share a lane; a loop of one stage needs its place there for itself.
fn collide(a: Rows, b: Rows) -> bool {
    let is_loop = a.0 == a.1 || b.0 == b.1;
    if is_loop { a.0 <= b.1 && b.0 <= a.1 } else { a.0 < b.1 && b.0 < a.1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arcs_that_overlap_are_in_different_lanes_and_the_outer_one_is_outside() {
        assert_eq!(assign(&[(0, 5), (4, 5), (4, 4), (0, 1), (5, 6)]), [2, 1, 0, 0, 0]);
    }
}
