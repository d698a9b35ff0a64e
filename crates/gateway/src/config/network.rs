//! The network around the gateway: proxies that are believed, names it answers to, and who may read its metrics.

use ipnet::IpNet;

use super::{Environment, SettingsFile, set};
use crate::sentence::Sentence;

/// Whom the gateway believes and answers.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// `KATOK_TRUSTED_PROXIES`: whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// `KATOK_ALLOWED_HOSTS`: names it answers to beside the public one and this machine's.
    pub allowed_hosts: Vec<String>,
    /// `KATOK_METRICS`
    pub metrics: MetricsFor,
}

/// Who may read `/metrics`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricsFor {
    /// This machine and private networks, unless a proxy passed the request on.
    #[default]
    Local,
    /// Everybody who reaches the gateway.
    Open,
    /// Nobody.
    Off,
}

impl Network {
    pub(super) fn read(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Self {
        let text = |name, from_file: &Option<String>| set(env, name).or_else(|| from_file.clone());
        let trusted = text("KATOK_TRUSTED_PROXIES", &file.gateway.trusted_proxies).unwrap_or_default();
        let hosts = text("KATOK_ALLOWED_HOSTS", &file.gateway.allowed_hosts).unwrap_or_default();
        let metrics = match text("KATOK_METRICS", &file.gateway.metrics).as_deref() {
            None | Some("local") => MetricsFor::Local,
            Some("open") => MetricsFor::Open,
            Some("off") => MetricsFor::Off,
            Some(_) => {
                problems.push(Sentence::new(
                    "KATOK_METRICS 값은 local, open, off 중 하나여야 합니다.",
                    "KATOK_METRICS must be local, open or off.",
                ));
                MetricsFor::Local
            }
        };
        Self {
            trusted_proxies: each(&trusted).filter_map(|text| proxy(text, problems)).collect(),
            allowed_hosts: each(&hosts).filter_map(|text| host(text, problems)).collect(),
            metrics,
        }
    }
}

fn each(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn proxy(text: &str, problems: &mut Vec<Sentence>) -> Option<IpNet> {
    let network =
        text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from));
    if network.is_none() {
        problems.push(Sentence::new(
            "KATOK_TRUSTED_PROXIES에는 IP 주소나 대역을 쉼표로 나누어 넣으세요. 예: 127.0.0.1, 10.0.0.0/8",
            "KATOK_TRUSTED_PROXIES takes IP addresses or networks, separated by commas. Example: 127.0.0.1, 10.0.0.0/8",
        ));
    }
    network
}

fn host(text: &str, problems: &mut Vec<Sentence>) -> Option<String> {
    let host = url::Host::parse(text).ok().map(|host| host.to_string());
    if host.is_none() {
        problems.push(Sentence::new(
            "KATOK_ALLOWED_HOSTS에는 포트 없는 호스트 이름을 쉼표로 나누어 넣으세요. 예: katok.internal, 192.168.0.5",
            "KATOK_ALLOWED_HOSTS takes host names without a port, separated by commas. Example: katok.internal, 192.168.0.5",
        ));
    }
    host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(env: &[(&str, &str)]) -> (Network, Vec<Sentence>) {
        let env = |name: &str| env.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        let mut problems = Vec::new();
        (Network::read(&env, &SettingsFile::default(), &mut problems), problems)
    }

    #[test]
    fn addresses_and_networks_are_proxies() {
        let (network, problems) = read(&[("KATOK_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8,::1,fd00::/8")]);
        assert!(problems.is_empty());
        let shown: Vec<String> = network.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["127.0.0.1/32", "10.0.0.0/8", "::1/128", "fd00::/8"]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let env = [
            ("KATOK_TRUSTED_PROXIES", "nginx"),
            ("KATOK_ALLOWED_HOSTS", "https://katok.example"),
            ("KATOK_METRICS", "everybody"),
        ];
        assert_eq!(read(&env).1.len(), 3);
        assert!(read(&[("KATOK_ALLOWED_HOSTS", "Katok.Example, 192.168.0.5, [::1]")]).1.is_empty());
    }
}
