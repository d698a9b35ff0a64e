//! A message as it was typed, before it is known by which way it goes.

mod list_row;
mod parts;
mod picture;

use std::io::ErrorKind;
use std::path::Path;

use katok_client::template::{Button, Content, Feed, Finding, Image, LintOptions, List, Severity};
use katok_client::{Link, MessageTemplate, Text};
use serde_json::{Map, Value, json};
use url::Url;

use crate::args;
use crate::failure::Failure;
use crate::kakao::Kakao;
use crate::standard_input;
use crate::template_file;
use list_row::ListRow;
pub(crate) use parts::truncate;
use picture::Picture;

/// More would use up a day's quota of the sender.
const MOST_PARTS: usize = 30;

/// One message.
#[derive(Debug)]
pub(crate) struct Draft {
    says: Says,
    link: Option<Url>,
    buttons: Vec<(String, Url)>,
    button_title: Option<String>,
}

/// What a message says, in one of the forms that can be typed.
#[derive(Debug)]
enum Says {
    Text(String),
    Feed { title: String, description: Option<String>, picture: Option<Picture> },
    List { header: String, rows: Vec<ListRow> },
    Template(Map<String, Value>),
    Saved { template: String, variables: Map<String, Value> },
}

impl Draft {
    /// Reads what was typed, and the files and the standard input it names: one message, or the parts of a long text.
    pub(crate) async fn read(typed: &args::Send) -> Result<Vec<Self>, Failure> {
        if typed.feed.is_none() && (typed.image.is_some() || typed.image_url.is_some()) {
            return Err(Failure::usage(
                "그림은 --feed에만 있습니다. 목록의 그림은 --item에, 다른 것은 --template에 쓰세요.",
                "Only --feed takes a picture. Those of a list stand in --item; write anything else as a --template.",
            )
            .hint("katok send --feed TITLE --image FILE"));
        }
        if typed.button.len() > 2 {
            return Err(Failure::usage("버튼은 두 개까지입니다.", "There can be two buttons at most."));
        }
        let draft = |says| Self {
            says,
            link: typed.link.clone(),
            buttons: typed.button.clone(),
            button_title: typed.button_title.clone(),
        };
        let says = match typed {
            args::Send { template: Some(path), .. } => Says::Template(template_file::read(path).await?),
            args::Send { feed: Some(title), .. } => Says::Feed {
                title: title.clone(),
                description: typed.description.clone(),
                picture: picture(typed.image.as_deref(), typed.image_url.as_ref())?,
            },
            args::Send { list: Some(header), .. } => {
                Says::List { header: header.clone(), rows: rows(&typed.item)? }
            }
            args::Send { saved: Some(template), .. } => Says::Saved {
                template: template.clone(),
                variables: typed.variables.iter().map(|(name, value)| (name.clone(), json!(value))).collect(),
            },
            args::Send { text, .. } => {
                let texts = texts(typed, text.as_deref().unwrap_or_default()).await?;
                return Ok(texts.into_iter().map(|text| draft(Says::Text(text))).collect());
            }
        };
        Ok(vec![draft(says)])
    }

    /// A text that leads home.
    pub(crate) fn text(text: String) -> Self {
        Self { says: Says::Text(text), link: None, buttons: Vec::new(), button_title: None }
    }

    /// The template, unless a gateway keeps it; `home` is where it leads unless it says so.
    pub(crate) fn template(&self, home: &Url) -> Option<MessageTemplate> {
        let home = self.link.as_ref().unwrap_or(home);
        let link = Link::web(home);
        let template: MessageTemplate = match &self.says {
            Says::Text(text) => Text::new(text, link).expect("a text that was read says something").into(),
            Says::Feed { title, description, picture } => {
                let mut content = Content::titled(title, link);
                if let Some(description) = description {
                    content = content.description(description);
                }
                if let Some(picture) = picture {
                    content = content.image(picture.image());
                }
                Feed::new(content).into()
            }
            Says::List { header, rows } => {
                let row = |place: usize| rows[place].content(home);
                let list = List::new(header, link, row(0), row(1));
                if rows.len() > 2 { list.third(row(2)).into() } else { list.into() }
            }
            Says::Template(object) => return Some(MessageTemplate::Raw(object.clone())),
            Says::Saved { .. } => return None,
        };
        Some(self.with_buttons(template))
    }

    fn with_buttons(&self, template: MessageTemplate) -> MessageTemplate {
        let Value::Object(mut object) = template.to_json() else { return template };
        if let Some(title) = &self.button_title {
            object.insert("button_title".to_owned(), json!(title));
        }
        if !self.buttons.is_empty() {
            let button = |(title, url): &(String, Url)| Button::new(title, Link::web(url));
            object.insert("buttons".to_owned(), json!(self.buttons.iter().map(button).collect::<Vec<_>>()));
        }
        object.into()
    }

    /// What a gateway is asked to send; the link of a plain text is left to it.
    pub(crate) fn request(&self, home: &Url) -> Value {
        match (&self.says, &self.link) {
            (Says::Text(text), None) if self.buttons.is_empty() && self.button_title.is_none() => {
                json!({"text": text})
            }
            (Says::Saved { template, variables }, _) => {
                json!({"saved_template": template, "variables": variables})
            }
            _ => json!({"template": self.template(home)}),
        }
    }

    /// The name of the template that is kept by the gateway.
    pub(crate) fn saved_template(&mut self) -> Option<&mut String> {
        match &mut self.says {
            Says::Saved { template, .. } => Some(template),
            _ => None,
        }
    }

    /// Uploads its picture, if that is a file.
    pub(crate) async fn upload(&mut self, kakao: &Kakao) -> Result<(), Failure> {
        match &mut self.says {
            Says::Feed { picture: Some(picture), .. } => picture.upload(kakao).await,
            _ => Ok(()),
        }
    }

    /// What is wrong with it, as far as it is known here.
    pub(crate) fn findings(&self, home: &Url) -> Vec<Finding> {
        self.template(home).map(|template| template.lint(&LintOptions::new())).unwrap_or_default()
    }
}

/// Whether Kakao would refuse it for this.
pub(crate) fn is_refused(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

/// The text, or its parts, or what is left of it, as it was asked for.
async fn texts(typed: &args::Send, text: &str) -> Result<Vec<String>, Failure> {
    let text = if text == "-" { piped().await? } else { text.to_owned() };
    if text.trim().is_empty() {
        return Err(Failure::usage("보낼 글이 비어 있습니다.", "The text is empty.").hint("katok send TEXT"));
    }
    let (characters, shown) = (text.chars().count(), Text::SHOWN);
    if typed.truncate {
        return Ok(vec![truncate(&text, shown)]);
    }
    if typed.split {
        let parts: Vec<_> = parts::split(&text, shown).into_iter().map(str::to_owned).collect();
        if parts.len() > MOST_PARTS {
            return Err(Failure::usage(
                format!(
                    "글이 너무 깁니다: 메시지 {}개가 됩니다({MOST_PARTS}개까지). --truncate로 줄이거나, 글을 올려 두고 링크를 보내세요.",
                    parts.len()
                ),
                format!(
                    "The text is too long: it would be {} messages ({MOST_PARTS} at most). Cut it with --truncate, or put it somewhere and send a link.",
                    parts.len()
                ),
            ));
        }
        return Ok(parts);
    }
    if characters > shown {
        return Err(Failure::usage(
            format!("글이 {characters}자인데 카카오톡은 {shown}자까지만 보여 줍니다. --split으로 나누어 보내거나 --truncate로 줄이세요."),
            format!("The text has {characters} characters, and KakaoTalk shows only {shown}. Send it in parts with --split, or cut it with --truncate."),
        )
        .hint("katok send --split …"));
    }
    Ok(vec![text])
}

/// All of standard input, without the newline that `echo` adds.
async fn piped() -> Result<String, Failure> {
    let mut text = standard_input::all().await.map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => Failure::usage(
            "표준 입력이 2 MiB보다 깁니다. 보낼 글만 넣으세요.",
            "Standard input is longer than 2 MiB. Pipe in the text to send alone.",
        ),
        _ => Failure::usage(
            format!("표준 입력을 UTF-8 글로 읽을 수 없습니다({error})."),
            format!("Standard input cannot be read as UTF-8 text ({error})."),
        ),
    })?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text)
}

fn picture(file: Option<&Path>, address: Option<&Url>) -> Result<Option<Picture>, Failure> {
    match (file, address) {
        (Some(path), _) => Picture::read(path).map(Some),
        (None, address) => Ok(address.map(|url| Picture::At(Image::new(url)))),
    }
}

fn rows(typed: &[String]) -> Result<Vec<ListRow>, Failure> {
    if !(2..=3).contains(&typed.len()) {
        return Err(Failure::usage(
            "목록에는 --item이 두 개나 세 개 있어야 합니다. 하나라면 --feed를 쓰세요.",
            "A list needs two or three --item. Use --feed for one.",
        ));
    }
    typed.iter().map(|row| ListRow::read(row)).collect()
}
