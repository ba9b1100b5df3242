//! `cargo xtask compat`: may this change of the protocol ship?

mod inclusion;

pub fn probe() -> anyhow::Result<()> {
    use std::io::BufRead as _;
    for line in std::io::stdin().lock().lines() {
        let v: serde_json::Value = serde_json::from_str(&line?)?;
        let t = std::time::Instant::now();
        let (w, r) = if v["direction"] == "client-to-server" { (&v["old"], &v["new"]) } else { (&v["new"], &v["old"]) };
        println!("{} {} {:?} {:?}", v["id"], v["direction"], inclusion::inclusion(w, r), t.elapsed());
    }
    Ok(())
}
