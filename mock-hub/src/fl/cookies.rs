//! Cookies that a redirect sets, kept and sent as the library's HTTP layer does within one call.
//!
//! Nothing outlives a call: each has a session of its own. Not read: `Expires`, which no load balancer
//! needs to bind a caller to a server.

use url::Url;

/// Cookies of one call, in the order they were first set.
#[derive(Debug, Default)]
pub struct Cookies(Vec<Cookie>);

#[derive(Debug)]
struct Cookie {
    name: String,
    value: String,
    host: String,
    /// Also for hosts below the named one.
    below: bool,
    path: String,
    secure: bool,
}

impl Cookies {
    /// Takes the `Set-Cookie` values of an answer from `url`.
    pub fn take(&mut self, url: &Url, set: &[String]) {
        for text in set {
            let Some((cookie, gone)) = Cookie::read(url, text) else { continue };
            let same = |known: &Cookie| {
                (&known.name, &known.host, &known.path)
                    == (&cookie.name, &cookie.host, &cookie.path)
            };
            match (self.0.iter().position(same), gone) {
                (Some(at), true) => drop(self.0.remove(at)),
                (Some(at), false) => self.0[at] = cookie,
                (None, true) => {}
                (None, false) => self.0.push(cookie),
            }
        }
    }

    /// The value of the `Cookie` header for a request to `url`, longest paths first.
    pub fn header(&self, url: &Url) -> Option<String> {
        let mut fitting: Vec<_> = self.0.iter().filter(|cookie| cookie.fits(url)).collect();
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<_> = fitting.iter().map(|c| format!("{}={}", c.name, c.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

impl Cookie {
    /// The cookie, and whether the text takes it away. `None` for one that is not the host's to set.
    fn read(url: &Url, text: &str) -> Option<(Self, bool)> {
        let mut parts = text.split(';').map(str::trim);
        let (name, value) = parts.next()?.split_once('=')?;
        let host = url.host_str()?;
        let mut cookie = Self {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            host: host.to_owned(),
            below: false,
            path: folder_of(url.path()),
            secure: false,
        };
        let mut gone = false;
        for part in parts {
            let (word, value) = part.split_once('=').unwrap_or((part, ""));
            match word.trim().to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
                "secure" => cookie.secure = true,
                "max-age" => gone = value.trim().parse::<i64>().is_ok_and(|secs| secs <= 0),
                "domain" if !value.is_empty() => {
                    let domain = value.trim_start_matches('.').to_ascii_lowercase();
                    let is_below = host.ends_with(&format!(".{domain}"));
                    if domain != host && !is_below {
                        return None;
                    }
                    (cookie.host, cookie.below) = (domain, true);
                }
                _ => {}
            }
        }
        Some((cookie, gone))
    }

    fn fits(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let here = host == self.host || (self.below && host.ends_with(&format!(".{}", self.host)));
        let rest = url.path().strip_prefix(self.path.as_str());
        let inside = rest.is_some_and(|rest| {
            rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/')
        });
        here && inside && (!self.secure || url.scheme() == "https")
    }
}

/// The path up to its last slash, which is where a cookie without a path belongs.
fn folder_of(path: &str) -> String {
    match path.rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(at) => path[..at].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    fn sent(from: &str, set: &[&str], to: &str) -> Option<String> {
        let mut cookies = Cookies::default();
        cookies.take(&url(from), &set.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        cookies.header(&url(to))
    }

    #[test]
    fn a_cookie_goes_where_its_host_and_path_lead() {
        let from = "http://hub.example/api/model/m/metrics";
        let set = &["a=1; Path=/", "b=2", "c=3; Path=/api"];
        assert_eq!(sent(from, set, "http://hub.example/moved").as_deref(), Some("a=1"));
        let inside = "http://hub.example:81/api/model/m/logs";
        assert_eq!(sent(from, set, inside).as_deref(), Some("b=2; c=3; a=1"));
        assert_eq!(sent(from, set, "http://other.example/api"), None);
        assert_eq!(sent(from, &["c=3; Path=/api"], "http://hub.example/apiary"), None);
    }

    #[test]
    fn secure_foreign_and_expired_cookies_stay_at_home() {
        let from = "http://a.hub.example/x";
        let set = &["s=1; Secure", "f=2; Domain=else.example", "g=3", "g=; Max-Age=0"];
        assert_eq!(sent(from, set, "http://a.hub.example/"), None);
        let wide = &["w=4; Domain=.hub.example; Path=/"];
        assert_eq!(sent(from, wide, "http://b.hub.example/").as_deref(), Some("w=4"));
    }

    #[test]
    fn a_newer_value_takes_the_place_of_the_older() {
        let set = &["a=1; Path=/", "b=2; Path=/", "a=3; Path=/"];
        assert_eq!(sent("http://h/x", set, "http://h/y").as_deref(), Some("a=3; b=2"));
    }
}
