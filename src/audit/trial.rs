//! The round trip of a form: export it, fill it with honest numbers, audit it, and plant one error in each cell.
//!
//! What comes of it is measured on the whole way through a file; what should come of it by the form's relations is
//! [`Form::protection`].

use super::{Options, audit};
use crate::finding::{Finding, Outcome, RepairStatus, Severity, Text};
use crate::form::{FieldIx, Form, Grade};
use crate::report::blank::{Contents, fill};
use rust_decimal::Decimal;
use rust_xlsxwriter::XlsxError;

/// What a round trip showed.
#[derive(Debug)]
pub struct Trial {
    /// Errors and warnings on honest numbers; there should be none.
    pub complaints: Vec<Finding>,
    /// What became of an error in each cell.
    pub planted: Vec<(FieldIx, Grade)>,
}

/// The size of a planted error: no slip of one digit explains it in a small number.
pub const PLANTED: i64 = 37;
const OFFICE: &str = "某镇人民政府";

/// Takes a form through its round trip, planting errors in every `step`-th cell.
pub fn trial(form: &Form, step: usize) -> Result<Trial, XlsxError> {
    trial_told(form, step, &mut |_, _| ())
}

/// The same; after each error it is told how many are done, and of how many.
pub fn trial_told(form: &Form, step: usize, told: &mut dyn FnMut(usize, usize)) -> Result<Trial, XlsxError> {
    let step = step.max(1);
    let options = Options { forms: vec![form.clone()].into(), ..Options::default() };
    let honest = Contents {
        office: Some(OFFICE.to_owned()),
        year: form.until.or(form.since.map(|y| y + 1)),
        values: form.honest(),
        ..Contents::default()
    };
    let run = |contents: &Contents| {
        fill(form, contents).map(|bytes| audit("honest.xlsx", &bytes, &options).outcome)
    };
    let first = run(&honest)?;
    let mut planted = Vec::new();
    let total = honest.values.len().div_ceil(step);
    for (field, value) in honest.values.iter().step_by(step) {
        let mut contents = honest.clone();
        contents.values.insert(*field, *value + Decimal::from(PLANTED));
        planted.push((*field, grade(form, *field, *value, &first, &run(&contents)?)));
        told(planted.len(), total);
    }
    let unread = unread(form, &honest, &first);
    let told = first.findings.into_iter().filter(|f| f.severity > Severity::Info);
    Ok(Trial { complaints: unread.into_iter().chain(told).collect(), planted })
}

/// What of the form's own blank workbook, filled in, was not read back: that is no clean audit.
fn unread(form: &Form, honest: &Contents, first: &Outcome) -> Option<Finding> {
    let id = |f: &FieldIx| form.field(*f).map(|f| f.id.clone());
    let is_read = |id: &String| first.fields.contains_key(id);
    let lost: Vec<String> = honest.values.keys().filter_map(id).filter(|id| !is_read(id)).collect();
    let (n, all) = (lost.len(), honest.values.len());
    let why = first.failure.as_ref().map(|e| e.message.clone()).unwrap_or_default();
    let text = Text::new(
        format!("导出的空白表填好以后，{all} 格中有 {n} 格没有读回来，什么也没有查。{}", why.zh),
        format!(
            "of {all} cells of the exported blank, filled in, {n} were not read back, and not checked. {}",
            why.en
        ),
    );
    (n > 0).then(|| Finding::new("S001", Severity::Error, "", text).at(lost, Vec::new()))
}

/// What an audit made of the error in a field whose honest value is given.
fn grade(form: &Form, field: FieldIx, honest: Decimal, before: &Outcome, after: &Outcome) -> Grade {
    let id = form.field(field).map_or("", |f| f.id.as_str());
    let mended = matches!(after.repair.changes.as_slice(), [c] if c.field == id && c.to == honest);
    let complaints = |o: &Outcome| o.findings.iter().filter(|f| f.severity > Severity::Info).count();
    if mended && after.repair.status == RepairStatus::Unique {
        Grade::Located
    } else if complaints(after) > complaints(before) {
        Grade::Detected
    } else {
        Grade::Unseen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::builtin;

    #[test]
    fn our_own_forms_pass_their_round_trip() {
        for form in builtin() {
            let trial = trial(form, 9).unwrap();
            assert!(trial.complaints.is_empty(), "{}: {:#?}", form.id, trial.complaints);
            let protection = form.protection();
            for (field, grade) in trial.planted {
                let wanted = protection.iter().find(|p| p.field == field).unwrap().grade;
                assert!(grade >= wanted, "{}: {grade:?}, not {wanted:?}", form.field(field).unwrap().id);
            }
        }
    }
}
