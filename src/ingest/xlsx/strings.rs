//! The shared strings: rich text as its plain text, phonetic guides left out.

use quick_xml::events::Event;

use super::super::failure;
use super::super::limits::Limits;
use super::super::package::Package;
use super::super::xml::{Events, local, push_reference, unescape_xstring};
use crate::finding::Failure;

/// The strings by index; none for a missing part. The declared count is not believed.
pub(super) fn read(
    package: &mut Package<'_>,
    part: Option<&str>,
    limits: &Limits,
) -> Result<Vec<Box<str>>, Failure> {
    let Some(part) = part else { return Ok(Vec::new()) };
    let Some(mut xml) = package.part(part)? else { return Ok(Vec::new()) };
    let mut events = Events::new(part, &mut xml, limits);
    let (mut strings, mut text) = (Vec::new(), String::new());
    let (mut in_text, mut phonetic) = (false, 0usize);
    while let Some(event) = events.next()? {
        match event {
            Event::Start(e) => match local(e.name().as_ref()) {
                "t" => in_text = phonetic == 0,
                "rPh" => phonetic += 1,
                _ => {}
            },
            Event::Empty(e) if local(e.name().as_ref()) == "si" => strings.push("".into()),
            Event::Text(t) if in_text => text.push_str(&t.xml10_content()),
            Event::CData(t) if in_text => text.push_str(&t.xml10_content()),
            Event::GeneralRef(r) if in_text => push_reference(&mut text, &r),
            Event::End(e) => match local(e.name().as_ref()) {
                "t" => in_text = false,
                "rPh" => phonetic = phonetic.saturating_sub(1),
                "si" => {
                    let xstring = text.contains("_x");
                    strings.push(if xstring {
                        unescape_xstring(std::mem::take(&mut text)).into_boxed_str()
                    } else {
                        text.as_str().into()
                    });
                    text.clear();
                }
                _ => {}
            },
            _ => {}
        }
        if text.len() > limits.text_bytes {
            return Err(failure::text_too_long());
        }
        if strings.len() > limits.strings {
            return Err(failure::too_many_strings());
        }
    }
    Ok(strings)
}
