// Everything that the page says, in both languages; `{}` is filled in.
"use strict";
var WORDS = {
  zh: {
    title: "勾稽 · 政府信息公开年报审核", subtitle: "政府信息公开工作年度报告审核",
    private: "文件只在本机处理，不上传、不联网",
    invite: "把报表文件或文件夹拖到这里", more: "继续拖入文件或文件夹",
    kinds: "可以是一份或多份，Excel、WPS、Word、网页、压缩包都行",
    files: "选择文件", folder: "选择文件夹", footer: "勾稽 gouji {{version}} · 本页可存到任何电脑上离线使用",
    keys: "键盘：N 下一处，P 上一处；方向键在表中移动，回车改数", clear: "清空", progress: "进度", filter: "按轻重筛选",
    error: "错误", warning: "警告", info: "提示",
    working: "正在审核 {} / {}", finished: "{} 份文件审核完毕", oneDone: "审核完毕",
    broken: "审核引擎没有启动：{}。请换用较新的浏览器，或使用 gouji 程序。",
    unread: "浏览器不允许读取文件夹“{}”，请用“选择文件夹”按钮。", nothing: "没有可以审核的文件。",
    skipped: "已略过 {} 份不是报表的文件和勾稽自己写出的结果。",
    io: "浏览器读不到这个文件，可能已被移动、删除，或正被别的程序占用（{}）。请关闭后重新拖入。",
    fault: "处理这个文件时程序内部出错。其他文件不受影响；请把文件发给勾稽的维护者。", timeout: "这个文件处理时间过长，已停止。",
    passed: "通过", toCheck: "待核实", failed: "不通过", unreadable: "无法读取", unmapped: "没有找到报表",
    nError: "{} 处错误", nWarning: "{} 处警告", nInfo: "{} 处提示", none: "没有发现问题", year: "{} 年度", noOffice: "未识别填报单位",
    annotated: "下载审核表", corrected: "下载更正表", annotatedTip: "原表，问题已标色并加批注",
    correctedAll: "原表，{} 处能确定的数已更正", correctedSome: "原表，已按采纳的 {} 处更正", correctedNone: "没有能确定的更正，内容与原表相同",
    copy: "复制结果文字", copied: "已复制", making: "正在生成…", cannot: "无法生成：{}",
    findings: "审核结果（{}）", noFindings: "没有发现问题。", all: "全部问题已改正，各项勾稽关系成立。",
    explained: "单位已说明：", isNew: "新出现", remaining: "仍存在",
    mend: "可以确定的更正（{}）", then: "。", tipped: "【{}】", adopt: "采纳", adoptAll: "全部采纳", likely: "很可能的更正", choices: "有几种可能，请选一种", choose: "选这种",
    moreChoices: "其余 {} 种", adopted: "已采纳（{}）", undo: "撤销", undoLast: "撤销上一步", and: "，", blank: "空白",
    value: "改为", setValue: "采用这个数", formulaCell: "这一格是公式，改它引用的格", notNumber: "请输入数字",
    pick: "点表中的格或右边的问题，两边互相对应", wasNow: "原为 {}，已改为 {}", hiddenRow: "隐藏的行", tableOf: "表格：{}",
    overview: "总览", offices: "单位", office: "单位", file: "文件", verdict: "结论", errors: "错误", warnings: "警告", state: "报送情况", role: "汇总",
    rollUp: "汇总表", zip: "下载全部结果（zip）", summaryBook: "下载汇总.xlsx", report: "下载 report.html", packing: "正在打包 {} / {}",
    beside: "对照材料", last: "上年报表", lastHint: "可选：拖到这里，核对结转和跨年变化", narrative: "报告正文", narrativeHint: "可选：拖到这里，核对文字与表中的数",
    roster: "单位名单", rosterHint: "可选：有“单位”一列的表，核对谁还没有报", chooseOne: "选择", chooseFiles: "选文件", chooseFolder: "选文件夹", without: "不用",
    nFiles: "{} 份文件", lastMany: "读出 {} 份，{} 家对上", lastFound: "已对照", lastNone: "年度不同，没有对照", lastNothing: "其中没有找到上年的报表或报告。",
    locked: "这个文件有打开密码。输入密码就能接着审核；密码只在本机使用，不保存。", password: "打开密码", unlock: "打开", unlocking: "正在打开…",
    secret: "原文件有密码，而下载的副本不带密码，谁拿到都能打开，所以没有生成。", allowClear: "仍要生成不带密码的副本",
    withheld: "{} 份文件有密码，没有生成审核表和更正表：副本不带密码，谁拿到都能打开。",
    documents: "下载正文批注", documentsTip: "正文原件，批注加在字句上",
    leave: "还有采纳的更正没有下载，确定要离开吗？", clearAsk: "还有采纳的更正没有下载，确定要清空吗？", zipName: "审核结果.zip"
  },
  en: {
    title: "gouji · audit of disclosure returns", subtitle: "Audit of government-information-disclosure returns",
    private: "Files stay on this computer: nothing is uploaded, no network is used",
    invite: "Drop returns or a folder of them here", more: "Drop more files or folders",
    kinds: "One or many: Excel, WPS, Word, web pages, zips",
    files: "Choose files", folder: "Choose a folder", footer: "gouji {{version}} · keep this page on any computer and use it offline",
    keys: "Keys: N next, P previous; arrows move in the table, Enter changes a number", clear: "Clear", progress: "Progress", filter: "Filter by severity",
    error: "Error", warning: "Warning", info: "Info",
    working: "Auditing {} / {}", finished: "{} files audited", oneDone: "Audited",
    broken: "The engine did not start: {}. Use a newer browser, or the gouji program.",
    unread: "The browser does not let this page read the folder {}; use the button “Choose a folder”.", nothing: "Nothing there can be audited.",
    skipped: "{} files were passed over: no returns, or gouji's own results.",
    io: "The browser cannot read this file; it may have been moved, deleted or locked ({}). Drop it again.",
    fault: "An internal fault occurred on this file; others are not affected. Please report it.", timeout: "This file took too long and was given up.",
    passed: "Passed", toCheck: "To be confirmed", failed: "Not passed", unreadable: "Cannot be read", unmapped: "No form found",
    nError: "errors: {}", nWarning: "warnings: {}", nInfo: "infos: {}", none: "nothing found", year: "{}", noOffice: "office not recognised",
    annotated: "Marked workbook", corrected: "Corrected workbook", annotatedTip: "the original, faults coloured and commented",
    correctedAll: "the original with {} certain corrections", correctedSome: "the original with the {} corrections adopted", correctedNone: "nothing certain to correct; as the original",
    copy: "Copy as text", copied: "Copied", making: "Being made…", cannot: "Cannot be made: {}",
    findings: "Findings ({})", noFindings: "Nothing was found.", all: "Everything is mended: all relations hold.",
    explained: "Explained: ", isNew: "new", remaining: "remaining",
    mend: "Certain corrections ({})", then: " — ", tipped: "{}: ", adopt: "Adopt", adoptAll: "Adopt all", likely: "Likely corrections", choices: "One of these must be right", choose: "Choose",
    moreChoices: "{} more", adopted: "Adopted ({})", undo: "Undo", undoLast: "Undo last step", and: ", ", blank: "blank",
    value: "Change to", setValue: "Use this number", formulaCell: "A formula: change the cells it refers to", notNumber: "Enter a number",
    pick: "Choose a cell in the table or a finding beside it: each leads to the other", wasNow: "was {}, now {}", hiddenRow: "hidden row", tableOf: "Table: {}",
    overview: "Overview", offices: "Offices", office: "Office", file: "File", verdict: "Verdict", errors: "Errors", warnings: "Warnings", state: "Reporting", role: "Roll-up",
    rollUp: "Roll-up", zip: "All results (zip)", summaryBook: "Summary workbook", report: "Report as a page", packing: "Packing {} / {}",
    beside: "To compare with", last: "Last year", lastHint: "optional: drop it here to compare the years", narrative: "Narrative", narrativeHint: "optional: drop it here to compare words and numbers",
    roster: "Roster", rosterHint: "optional: a table of the offices, to see who is missing", chooseOne: "Choose", chooseFiles: "Files", chooseFolder: "Folder", without: "Remove",
    nFiles: "{} files", lastMany: "{} read, {} matched", lastFound: "compared", lastNone: "another year: not compared", lastNothing: "No return or report of last year was found there.",
    locked: "This file has a password. Enter it to go on; it is used on this computer only and not kept.", password: "Password", unlock: "Open", unlocking: "Opening…",
    secret: "The file has a password; a copy would have none, and whoever gets it could open it, so none was made.", allowClear: "Make copies without a password",
    withheld: "{} files have a password; no copies of them were made, since those would have none.",
    documents: "Narrative with comments", documentsTip: "the original, comments at its words",
    leave: "Adopted corrections have not been downloaded. Leave?", clearAsk: "Adopted corrections have not been downloaded. Clear?", zipName: "gouji-results.zip"
  }
};
var lang = "zh";
var FILE_LANG = "zh-CN"; // of what stands in files: it is Chinese whatever the page speaks

function say(key) {
  var text = WORDS[lang][key], args = arguments, n = 1;
  return text.replace(/\{\}/g, function () { return args[n++]; });
}
