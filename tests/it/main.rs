//! Integration tests: one binary, a module for each thing that a user sees.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::format_push_string,
    clippy::case_sensitive_file_extension_comparisons
)]

mod annotate; // what an office gets back: marks, results, corrections, the conversation about them
mod architecture; // layers, sizes, no form in code
mod batch; // a folder of many offices: sum, who has reported, isolation, second runs, last year
mod cli; // the program as a user runs it
mod corpus; // any folder of real workbooks, marked and held to the promises; ignored, needs GOUJI_CORPUS
mod corrections; // what fixing gives back: nothing broken, made once, formulas put back, choices to read
mod drafting; // a newcomer's workbooks: drafts, what they audit, what is told to look at
mod dropped; // what a drop onto the icon does
mod edit_cases; // error localisation and correction as the literature and other tools do it
mod forms; // forms that nobody here made, and the language that they need
mod formula_errors; // formulas that give the wrong total, totals that nobody summed up again
mod hostile; // files that lie and texts that would act: read rightly or told, and written as text
mod human_errors; // what people do wrong is told in words
mod ingest; // each kind of file as the same grid, what was written read back, refusals
mod ingest_documents; // one little form in every kind of document
mod kinds; // the whole form in every kind of file
mod language; // the definition language, feature by feature, as the page for owners of forms shows it
mod layouts; // every arrangement of the form, as a text whose numbers say which field they are
mod locked; // workbooks with a password: opened with it, never copied in clear by accident
mod narrative; // the report's words against its tables, sentence by sentence
mod newcomer; // blank forms of other kinds: their raw drafts accuse no honest copy and find what is wrong
mod office_forms; // forms of the kinds that offices use: 续表, months, quarters, percentages
mod one_cause; // one wrong cell is one finding, which says everything about it; every way to mend it can be read
mod package; // building packages part by part, and comparing them
mod page; // what the browser page is told, against what the program writes
mod patch; // what marking must leave alone and what it must write, one small package for each case
mod public_tables; // public tables that newcomers tried: years as headings, rows named like their heading, marks for no number
mod repair; // which cell, what value, how sure; one cause, one finding
mod samples; // what a clerk reads about each sample
mod solver; // the search for the smallest repair: what must hold, and its speed
mod statistics; // public statistical workbooks: drafted from one filled copy, checked, audited, summed
mod supply; // what the program is built of: no network, licences, sources, reasons
mod told;
mod two_sides; // tables with a list of rows on each side: income beside expenditure, assets beside liabilities // what is said where a table stands oddly
