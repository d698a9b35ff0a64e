//! Wordings: a message as the call describes it, by a template object, a custom template or a page.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use url::Url;

use super::chat::MessageKind;
use super::template::{self, CheckedTemplate, TemplateArgs, Warning};
use crate::fault::ApiFault;
use crate::seed::{App, CustomTemplate, TemplatePurpose};

const REQUEST_URL: &str = "request_url";
const TEMPLATE_ID: &str = "template_id";

/// What is to be said, with the parameters as they came.
pub(crate) enum Wording {
    Default { template_object: Option<String> },
    Scrap { request_url: Option<String>, template: CustomWording, scraped: Scraped },
    Custom(CustomWording),
}

/// A custom template and what goes into it.
pub(crate) struct CustomWording {
    pub(crate) template_id: Option<String>,
    pub(crate) template_args: Option<String>,
}

/// What came of the look at a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scraped {
    Page(OpenGraph),
    /// It is not on this machine, and the emulator looks nowhere else.
    NotHere,
    /// It did not answer, or not with a page.
    Unreadable,
}

/// What a page says of itself in its Open Graph tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OpenGraph {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) url: Option<String>,
}

/// A message as it goes into a room.
#[derive(Clone)]
pub(super) struct Composed {
    pub(super) kind: MessageKind,
    pub(super) template_object: Value,
    pub(super) warnings: Vec<Warning>,
    /// The arguments that a custom template wants and did not get.
    pub(super) missing: BTreeSet<String>,
}

impl Wording {
    pub(super) fn compose(self, app: &App) -> Result<Composed, ApiFault> {
        match self {
            Self::Default { template_object } => {
                let checked = template::check(template_object.as_deref(), &app.web_domains)?;
                let CheckedTemplate { template_object, warnings } = checked;
                let (kind, missing) = (MessageKind::Default, BTreeSet::new());
                Ok(Composed { kind, template_object, warnings, missing })
            }
            Self::Custom(CustomWording { template_id, template_args }) => {
                let template_id = template_id.ok_or_else(|| ApiFault::missing(TEMPLATE_ID))?;
                let template = app.template(&template_id)?;
                let template_args = template::template_args(template_args.as_deref())?;
                let (template_object, warnings, missing) = fill(template, &template_args, app);
                let kind = MessageKind::Custom { template_id: template.id, template_args };
                Ok(Composed { kind, template_object, warnings, missing })
            }
            Self::Scrap { request_url, template, scraped } => {
                let request_url = page_address(request_url.as_deref(), app)?;
                compose_of_page(request_url, &template, scraped, app)
            }
        }
    }

    /// Refuses a template that was built for sharing alone.
    pub(super) fn require_purpose(&self, app: &App) -> Result<(), ApiFault> {
        let (Self::Scrap { template, .. } | Self::Custom(template)) = self else { return Ok(()) };
        let template = template.template_id.as_deref().map(|id| app.template(id)).transpose()?;
        if template.is_some_and(|template| template.purpose == TemplatePurpose::Share) {
            let text = "template_type (messageType: 'kakaolink/memo API') is invalid. please use 'message API' messageType.";
            return Err(ApiFault::BadParameter { text: text.to_owned() });
        }
        Ok(())
    }
}

/// The address of a page that the app may have scraped: one of its own domains.
pub(super) fn page_address(request_url: Option<&str>, app: &App) -> Result<Url, ApiFault> {
    let text = request_url.ok_or_else(|| ApiFault::missing(REQUEST_URL))?;
    if text.is_empty() {
        return Err(ApiFault::empty(REQUEST_URL));
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url =
        url.ok_or_else(|| ApiFault::unsatisfied(REQUEST_URL, "It must be an http or https address."))?;
    if !template::is_registered(text, &app.web_domains) {
        return Err(ApiFault::unsatisfied(REQUEST_URL, "Its domain is not registered for the app."));
    }
    Ok(url)
}

fn compose_of_page(
    request_url: Url,
    custom: &CustomWording,
    scraped: Scraped,
    app: &App,
) -> Result<Composed, ApiFault> {
    let template = custom.template_id.as_deref().map(|id| app.template(id)).transpose()?;
    let template_args = template::template_args(custom.template_args.as_deref())?;
    let (page, warning) = scraped.page(&request_url);
    let (template_object, mut warnings, missing) = if let Some(template) = template {
        let mut args = page.args(&request_url);
        args.extend(template_args.clone());
        fill(template, &args, app)
    } else {
        let feed = template::made_by_kakao(page.feed(&request_url), &app.web_domains);
        (feed.template_object, feed.warnings, BTreeSet::new())
    };
    warnings.extend(warning);
    let template_id = template.map(|template| template.id);
    let kind = MessageKind::Scrap { request_url: request_url.into(), template_id, template_args };
    Ok(Composed { kind, template_object, warnings, missing })
}

/// The template with its arguments, as it is shown.
fn fill(
    template: &CustomTemplate,
    args: &TemplateArgs,
    app: &App,
) -> (Value, Vec<Warning>, BTreeSet<String>) {
    let (object, missing) = template::filled(template, args);
    let CheckedTemplate { template_object, mut warnings } = template::made_by_kakao(object, &app.web_domains);
    warnings.extend(missing.iter().map(|name| {
        Warning::new(
            &format!("template_args.{name}"),
            "값이 없어 자리표시자가 그대로 보입니다.".to_owned(),
            "There is no value, so the placeholder itself is shown.".to_owned(),
        )
    }));
    (template_object, warnings, missing)
}

impl App {
    fn template(&self, id: &str) -> Result<&CustomTemplate, ApiFault> {
        let id: i64 = id.parse().map_err(|_| ApiFault::unparsable(TEMPLATE_ID))?;
        let template = self.templates.iter().find(|template| template.id == id);
        template.ok_or_else(|| ApiFault::unsatisfied(TEMPLATE_ID, "There is no such template of this app."))
    }
}

impl Scraped {
    /// The page, of which its address alone is known when it was not read; and what a warning says of that.
    fn page(self, request_url: &Url) -> (OpenGraph, Option<Warning>) {
        let (korean, english) = match self {
            Self::Page(page) if page.says_something() => return (page, None),
            Self::Page(_) => ("페이지에 Open Graph 태그가 없습니다.", "The page has no Open Graph tags."),
            Self::NotHere => (
                "에뮬레이터는 이 컴퓨터의 페이지만 읽습니다. 카카오톡에서는 페이지의 Open Graph 정보가 보입니다.",
                "The emulator reads pages of this machine only; KakaoTalk shows what the page's Open Graph tags say.",
            ),
            Self::Unreadable => ("페이지를 읽을 수 없었습니다.", "The page could not be read."),
        };
        let warning = Warning::new(REQUEST_URL, korean.to_owned(), english.to_owned());
        (OpenGraph { title: Some(request_url.to_string()), ..OpenGraph::default() }, Some(warning))
    }
}

impl OpenGraph {
    fn says_something(&self) -> bool {
        self.title.is_some() || self.description.is_some() || self.image.is_some()
    }

    /// The feed that Kakao makes of a page.
    fn feed(self, request_url: &Url) -> Value {
        let link = self.url.unwrap_or_else(|| request_url.to_string());
        let words = [("title", self.title), ("description", self.description), ("image_url", self.image)];
        let mut content: Map<String, Value> =
            words.into_iter().filter_map(|(name, word)| Some((name.to_owned(), word?.into()))).collect();
        content.insert("link".to_owned(), json!({ "web_url": link, "mobile_web_url": link }));
        json!({ "object_type": "feed", "content": content })
    }

    /// What a custom template of the scrap kind may name.
    fn args(self, request_url: &Url) -> TemplateArgs {
        let args = [
            ("SCRAP_TITLE", self.title),
            ("SCRAP_DESCRIPTION", self.description),
            ("SCRAP_IMAGE", self.image),
            ("SCRAP_HOST", request_url.host_str().map(str::to_owned)),
            ("SCRAP_REQUEST_URL", Some(request_url.to_string())),
        ];
        args.into_iter().map(|(name, value)| (name.to_owned(), value.unwrap_or_default())).collect()
    }
}
