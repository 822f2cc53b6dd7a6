use std::time::Instant;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let n: usize = std::env::args().nth(2).map_or(5, |n| n.parse().unwrap());
    for _ in 0..n {
        let t = Instant::now();
        let mut projects = funnelc::project::load(&[path.clone().into()]);
        let p = projects.remove(0);
        let load = t.elapsed();
        let t = Instant::now();
        for (id, s) in p.sources.iter() {
            std::hint::black_box(funnelc::syntax::parse(id, s));
        }
        let parse = t.elapsed();
        let t = Instant::now();
        let (model, faults) = funnelc::model::build(&p.sources);
        let build = t.elapsed();
        let t = Instant::now();
        let laws = funnelc::check::run(&model);
        let check = t.elapsed();
        let t = Instant::now();
        let levels = funnelc::lint::levels::Levels::default();
        let advice = funnelc::lint::run(&model, &levels);
        let lint = t.elapsed();
        println!(
            "load {load:?} parse {parse:?} build {build:?} check {check:?} lint {lint:?} faults {} {} {}",
            faults.len(),
            laws.len(),
            advice.len()
        );
    }
}
