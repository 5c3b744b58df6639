//! Which proxy, if any, stands between the node and a host.

use url::Url;

use crate::settings::Proxies;

/// The proxy for this URL; `None` is a direct connection.
pub(super) fn proxy_for(proxies: &Proxies, url: &Url) -> Option<Url> {
    let proxy = match url.scheme() {
        "https" => proxies.https.as_deref()?,
        _ => proxies.http.as_deref()?,
    };
    let host = url.host_str()?.trim_matches(['[', ']']).to_lowercase();
    if proxies.none_for.iter().any(|entry| exempts(entry, &host, url.port_or_known_default())) {
        return None;
    }
    let text = if proxy.contains("://") { proxy.to_owned() } else { format!("http://{proxy}") };
    Url::parse(&text).ok()
}

/// `*`, a host, a domain with or without leading dot, each with an optional port.
fn exempts(entry: &str, host: &str, port: Option<u16>) -> bool {
    if entry == "*" {
        return true;
    }
    let (name, wanted_port) = match entry.rsplit_once(':') {
        Some((name, digits)) if !name.contains(':') => match digits.parse::<u16>() {
            Ok(wanted) => (name, Some(wanted)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    };
    let domain = name.trim_start_matches('.');
    let fits =
        host == domain || host.strip_suffix(domain).is_some_and(|front| front.ends_with('.'));
    fits && (wanted_port.is_none() || wanted_port == port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(url: &str, none_for: &[&str]) -> Option<String> {
        let proxies = Proxies {
            http: Some("10.0.0.1:3128".into()),
            https: Some("http://10.0.0.2:3128".into()),
            none_for: none_for.iter().map(ToString::to_string).collect(),
        };
        let url = Url::parse(url).expect("a URL");
        proxy_for(&proxies, &url).map(|proxy| proxy.to_string())
    }

    #[test]
    fn the_scheme_chooses_the_proxy() {
        assert_eq!(proxy("http://a/", &[]).as_deref(), Some("http://10.0.0.1:3128/"));
        assert_eq!(proxy("https://a/", &[]).as_deref(), Some("http://10.0.0.2:3128/"));
    }

    #[test]
    fn exempt_hosts_are_reached_directly() {
        for (url, entry) in [
            ("http://hub.example/", "hub.example"),
            ("http://hub.example/", "example"),
            ("http://hub.example/", ".example"),
            ("http://hub.example:81/", "hub.example:81"),
            ("http://127.0.0.1/", "127.0.0.1"),
            ("http://hub.example/", "*"),
        ] {
            assert_eq!(proxy(url, &[entry]), None, "{url} {entry}");
        }
        for entry in ["ample", "hub.example:82", "other"] {
            assert!(proxy("http://hub.example/", &[entry]).is_some(), "{entry}");
        }
    }
}
