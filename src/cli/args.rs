//! The command line as clap reads it.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// 勾稽：审核政府信息公开工作年度报告的表格，标出并更正不平的数字。
///
/// Audits the tables of government-information-disclosure reports, marks and corrects numbers that do not balance.
#[derive(Debug, Parser)]
#[command(name = "gouji", version, disable_help_subcommand = true)]
#[command(after_help = "退出码：0 没有错误，1 有错误，2 用法有误或有文件无法读取。\n\
    Exit status: 0 no errors found, 1 errors found, 2 wrong usage or a file that could not be read.")]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// 要审核的文件或文件夹，如同拖到图标上：审核并打开结果 · files or a folder, as if dropped: audited, the result opened
    pub(super) files: Vec<PathBuf>,
    /// 不打开结果 · do not open the result
    #[arg(long)]
    pub(super) no_open: bool,
    #[command(flatten)]
    pub(super) shared: Shared,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 审核文件，在旁边写出标注好的工作簿 · audit files and write a marked workbook beside each
    Audit(FilesArgs),
    /// 写出更正后的工作簿，只改能确定的数 · write a corrected workbook; only proved corrections are made
    Fix(FixArgs),
    /// 审核整个文件夹（含压缩包），写出汇总表 · audit a folder of submissions, and sum them up
    Batch(BatchArgs),
    /// 列出、导出、检查报表格式 · the form definitions known
    #[command(subcommand)]
    Template(TemplateCommand),
    /// 报表的勾稽关系能保护哪些格 · how well a form's relations protect each cell
    Explain {
        /// 报表格式的代号或定义文件 · a form's id or definition
        form: String,
    },
    /// 列出审核规则；给出代码则详细解释 · every rule, or one explained
    Rules {
        /// 规则代码，如 A303 · a rule's code
        code: Option<String>,
    },
}

/// Files to audit.
#[derive(Debug, Args)]
pub(super) struct FilesArgs {
    /// 文件 · files
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    /// 显示每个标题对应到哪一行哪一列 · show how each header was matched
    #[arg(long)]
    pub(super) show_mapping: bool,
}

/// Files to correct.
#[derive(Debug, Args)]
pub(super) struct FixArgs {
    /// 文件 · files
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    /// 把更正后的数字填入规定格式的空白表 · write the official template filled with the corrected numbers
    #[arg(long)]
    pub(super) clean: bool,
    /// 也接受：blanks 整块空白填 0，likely 很可能的更正 · also make these corrections
    #[arg(long, value_enum)]
    pub(super) accept: Vec<Accept>,
}

/// A folder of submissions.
#[derive(Debug, Default, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(super) struct BatchArgs {
    /// 文件夹 · a folder
    #[arg(required_unless_present = "files_from", value_name = "DIR")]
    pub(super) dirs: Vec<PathBuf>,
    /// 文件清单（- 为标准输入），每行一个路径，或“路径、制表符、单位” · a list of files (- is standard input): a path a line, or a path, a tab and the office
    #[arg(long, value_name = "FILE")]
    pub(super) files_from: Option<PathBuf>,
    /// 输出文件夹（默认为 DIR-审核） · folder for everything that is written
    #[arg(long, value_name = "OUT")]
    pub(super) out: Option<PathBuf>,
    /// 汇总单位自己的表，与各单位之和逐格核对 · a table to compare with the sum of the others
    #[arg(long, value_name = "FILE")]
    pub(super) aggregate: Option<PathBuf>,
    /// 汇总时采用更正后的数（能确定的更正） · sum the numbers with every proved correction made
    #[arg(long)]
    pub(super) use_corrected: bool,
    /// 勾稽不平又不能确定错在哪里的报表不计入汇总 · leave out of the sum what does not balance and has no proved correction
    #[arg(long)]
    pub(super) exclude_unproved: bool,
    /// 有名单时，名单外的、认不出单位的也计入汇总 · with a roster, sum what is of none of its offices too
    #[arg(long)]
    pub(super) include_unlisted: bool,
    /// 汇总哪一年的报表（默认为上年报表的下一年，没有上年报表时为各份中较新的一年） · the year to sum (the one after
    /// last year's reports; without those the newest that more than a few are of)
    #[arg(long, value_name = "YEAR")]
    pub(super) year: Option<i32>,
    /// 全部重新审核（默认只审核新的和改过的） · audit everything anew
    #[arg(long)]
    pub(super) fresh: bool,
}

/// Corrections that are made only when asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Accept {
    /// 整块空白填 0 · fill wholly blank blocks with 0
    Blanks,
    /// 很可能的更正 · corrections that are likely
    Likely,
}

/// What to do with form definitions.
#[derive(Debug, Subcommand)]
pub(super) enum TemplateCommand {
    /// 列出已有的报表格式 · list the forms known
    List,
    /// 导出空白的规定格式工作簿，用 -o 指定文件 · write the blank official workbook to the file of -o
    Export {
        /// 报表格式 · a form
        form: String,
    },
    /// 由空白表（或几份填好的表）起草报表定义，用 -o 指定文件 · draft a definition from a blank workbook, or from
    /// several filled ones, to the file of -o
    Learn {
        /// 空白表，或同一种表的几份填好的样表 · a blank workbook, or several filled ones of one form
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// 写出定义文件的 JSON Schema，供编辑器提示和检查 · the JSON Schema of definitions, for editors
    Schema,
    /// 检查一个报表定义文件 · examine a form definition
    Check {
        /// 定义文件 · a definition
        file: PathBuf,
    },
}

/// Options of every command.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(super) struct Shared {
    /// 输出格式 · format of what is printed
    #[arg(long, value_enum, default_value = "text", global = true)]
    pub(super) format: Format,
    /// 输出文件夹（默认写在原文件旁边）；导出时为文件 · folder for outputs; for an export the file
    #[arg(short, long, global = true, value_name = "DIR|FILE", visible_alias = "output")]
    pub(super) out_dir: Option<PathBuf>,
    /// 不写任何文件 · write nothing
    #[arg(long, global = true)]
    pub(super) no_write: bool,
    /// 报表格式的代号或定义文件（默认按内容识别） · a form's id or definition
    #[arg(long = "form", global = true, value_name = "ID|PATH")]
    pub(super) template: Option<String>,
    /// 报告正文的文件（docx、html 或 txt），与表格核对 · the report's text, compared with its tables
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) narrative: Option<PathBuf>,
    /// 同一单位上一次的审核结果 · an earlier audit of the same submission
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) since: Option<PathBuf>,
    /// 上年的报表：一份文件或一个文件夹 · last year's submission, or a folder of them
    #[arg(long, global = true, value_name = "FILE|DIR")]
    pub(super) prior: Option<PathBuf>,
    /// 有密码的文件的打开密码 · the password of files that have one
    #[arg(long, env = "GOUJI_PASSWORD", hide_env_values = true, global = true, value_name = "TEXT")]
    pub(super) password: Option<String>,
    /// 有密码的文件也写出副本，副本不带密码 · write copies of files with a password too: the copies have none
    #[arg(long, global = true)]
    pub(super) allow_clear: bool,
    /// 应报送单位名单：有“单位”一列，可有级别、上级、别名、期限、联系人 · the offices that have to report: a table with a column 单位
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) roster: Option<PathBuf>,
    /// 语言 · language
    #[arg(long, value_enum, default_value = "zh", global = true)]
    pub(super) lang: Language,
    /// 同时处理几个文件（默认等于处理器个数） · files audited at once
    #[arg(long, global = true)]
    pub(super) jobs: Option<usize>,
    /// 只显示结论 · verdicts only
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// 只查这些规则（代码或开头，如 A3） · only these rules, by code or prefix
    #[arg(long, value_delimiter = ',', global = true, value_name = "CODE")]
    pub(super) select: Vec<String>,
    /// 不查这些规则 · not these rules
    #[arg(long, value_delimiter = ',', global = true, value_name = "CODE")]
    pub(super) ignore: Vec<String>,
    /// 放宽读取文件的上限，如 cells=8000000 · raise a bound on what is read
    #[arg(long = "limit", value_delimiter = ',', global = true, value_name = "NAME=N")]
    pub(super) limits: Vec<String>,
    /// 覆盖已有的输出 · replace existing outputs
    #[arg(long, global = true)]
    pub(super) force: bool,
}

/// Formats of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// 文字 · text
    Text,
    /// 一个 JSON 数组 · one JSON array
    Json,
    /// 每行一个 JSON 对象 · one JSON object a line
    Jsonl,
}

/// Languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    /// 中文
    Zh,
    /// English
    En,
}

impl From<Language> for crate::finding::Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Zh => Self::Zh,
            Language::En => Self::En,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn no_two_options_share_a_name() {
        Cli::command().debug_assert();
    }
}
