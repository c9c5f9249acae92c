// What was dropped or chosen, as a list of files with their paths.
//
// A page on disk can read a dropped folder by handles only, and these must be asked for while the drop is handled;
// older browsers give entries, which work for files. Whatever cannot be read by either is taken as a plain file.
"use strict";
var Drop = (function () {
  function one(file, path) { return { file: file, path: path || file.name, root: "" }; }

  async function ofHandle(handle, path, found) {
    if (handle.kind === "file") {
      found.push(one(await handle.getFile(), path));
      return;
    }
    var children = handle.values(), next;
    while (!(next = await children.next()).done) {
      await ofHandle(next.value, path + "/" + next.value.name, found);
    }
  }

  function fileOf(entry) { return new Promise(function (done, failed) { entry.file(done, failed); }); }
  function some(reader) { return new Promise(function (done, failed) { reader.readEntries(done, failed); }); }

  async function ofEntry(entry, path, found) {
    if (entry.isFile) {
      found.push(one(await fileOf(entry), path));
      return;
    }
    var reader = entry.createReader(), batch;
    while ((batch = await some(reader)).length) {
      for (var i = 0; i < batch.length; i++) await ofEntry(batch[i], path + "/" + batch[i].name, found);
    }
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
    var all = [], unread = [];
    for (var i = 0; i < sources.length; i++) {
      var found = [];
      var whole = await byHandle(sources[i], found) || await byEntry(sources[i], found);
      if (!whole && sources[i].file) {
        if (sources[i].entry && sources[i].entry.isDirectory) unread.push(sources[i].entry.name);
        else found = [one(sources[i].file)];
      }
      all = all.concat(found);
    }
    // Of several folders each keeps its name, so that files of one name stay apart.
    return { files: sources.length > 1 ? all.map(function (i) { return one(i.file, i.path); }) : all.map(below), unread: unread };
  }

  async function byHandle(source, found) {
    try {
      var handle = source.handle && await source.handle;
      if (!handle) return false;
      await ofHandle(handle, handle.name, found);
      return true;
    } catch (refused) {
      found.length = 0;
      return false;
    }
  }

  async function byEntry(source, found) {
    try {
      if (!source.entry) return false;
      await ofEntry(source.entry, source.entry.name, found);
      return true;
    } catch (refused) {
      found.length = 0;
      return false;
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
