use pest::Parser;
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let mut texts = Vec::new();
    let mut names: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    for p in names {
        texts.push(std::fs::read_to_string(p).unwrap());
    }
    for _ in 0..3 {
        let t = std::time::Instant::now();
        let mut n = 0;
        for text in &texts {
            n += funnelc::syntax::grammar::FunnelParser::parse(funnelc::syntax::grammar::Rule::file, text)
                .unwrap()
                .count();
        }
        println!("bare {:?} {n}", t.elapsed());
        let mut sources = funnelc::source::Sources::new();
        for (i, text) in texts.iter().enumerate() {
            sources.add(funnelc::source::Source::new(format!("f{i:04}.funnel"), text.clone()));
        }
        let t = std::time::Instant::now();
        let mut stmts = Vec::new();
        for (id, s) in sources.iter() {
            let (f, _) = funnelc::syntax::parse(id, s);
            stmts.push(f);
        }
        println!("syntax {:?}", t.elapsed());
        let t = std::time::Instant::now();
        let decls: Vec<_> =
            stmts.iter().flat_map(|f| f.stmts.iter().map(|s| funnelc::model::decl::declare(s))).collect();
        println!("declare {:?} {}", t.elapsed(), decls.len());
        drop(stmts);
        drop(decls);
        let t = std::time::Instant::now();
        let (m, d) = funnelc::model::build(&sources);
        println!("model {:?} {} {}", t.elapsed(), m.decls.len(), d.len());
        drop(m);
        let t = std::time::Instant::now();
        let c = funnelc::compile(&sources, &Default::default());
        println!("compile {:?} {}", t.elapsed(), c.diagnostics.len());
        let t = std::time::Instant::now();
        drop(c);
        println!("drop {:?}", t.elapsed());
    }
}
