// What was dropped or chosen, as a list of files with their paths.
//
// A page on disk can read a dropped folder by handles only, and these must be asked for while the drop is handled;
// older browsers give entries, which work for files. Whatever cannot be read by either is taken as a plain file.
"use strict";
var Drop = (function () {
  function one(file, path) { return { file: file, path: path || file.name, root: "" }; }

  async function all(finding) {
    var found = [];
    (await Promise.all(finding)).forEach(function (some) { Array.prototype.push.apply(found, some); });
    return found;
  }

  async function ofHandle(handle, path) {
    if (handle.kind === "file") return [one(await handle.getFile(), path)];
    var children = handle.values(), next, finding = [];
    while (!(next = await children.next()).done) finding.push(ofHandle(next.value, path + "/" + next.value.name));
    return all(finding);
  }

  function fileOf(entry) { return new Promise(function (done, failed) { entry.file(done, failed); }); }
  function some(reader) { return new Promise(function (done, failed) { reader.readEntries(done, failed); }); }

  async function ofEntry(entry, path) {
    if (entry.isFile) return [one(await fileOf(entry), path)];
    var reader = entry.createReader(), batch, finding = [];
    while ((batch = await some(reader)).length) {
      batch.forEach(function (child) { finding.push(ofEntry(child, path + "/" + child.name)); });
    }
    return all(finding);
  }

  // Asks at once for everything that a drop may give, and reads it afterwards.
  function ofTransfer(transfer) {
    var asked = Array.from(transfer.items || []).filter(function (i) { return i.kind === "file"; });
    var sources = asked.map(function (item) {
      var file = item.getAsFile();
      var entry = item.webkitGetAsEntry ? item.webkitGetAsEntry() : null;
      var handle = item.getAsFileSystemHandle ? item.getAsFileSystemHandle() : null;
      return { file: file, entry: entry, handle: handle };
    });
    if (!sources.length) {
      sources = Array.from(transfer.files || []).map(function (f) { return { file: f, entry: null, handle: null }; });
    }
    return gather(sources);
  }

  async function gather(sources) {
    var files = [], unread = [];
    for (var i = 0; i < sources.length; i++) {
      var source = sources[i], found = await byHandle(source) || await byEntry(source);
      if (found) files = files.concat(found);
      else if (source.entry && source.entry.isDirectory) unread.push(source.entry.name);
      else if (source.file) files.push(one(source.file));
    }
    // Of several folders each keeps its name, so that files of one name stay apart.
    return { files: sources.length > 1 ? files.map(function (i) { return one(i.file, i.path); }) : files.map(below), unread: unread };
  }

  // Nothing where the browser refuses.
  async function byHandle(source) {
    try {
      var handle = source.handle && await source.handle;
      return handle ? await ofHandle(handle, handle.name) : null;
    } catch (refused) {
      return null;
    }
  }

  async function byEntry(source) {
    try {
      return source.entry ? await ofEntry(source.entry, source.entry.name) : null;
    } catch (refused) {
      return null;
    }
  }

  // The folder that was dropped is no part of its files' paths.
  function below(item) {
    var cut = item.path.indexOf("/");
    return { file: item.file, path: cut < 0 ? item.path : item.path.slice(cut + 1), root: cut < 0 ? "" : item.path.slice(0, cut) };
  }

  function ofInput(input) {
    var files = Array.from(input.files || []);
    return { files: files.map(function (f) { return below(one(f, f.webkitRelativePath || f.name)); }), unread: [] };
  }
  return { ofTransfer: ofTransfer, ofInput: ofInput };
})();
