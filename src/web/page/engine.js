// The engine: one instance of the WebAssembly module, asked in parcels of JSON and files.
//
// This text runs in a worker and, where a browser lets no worker start from a file, in the page itself.
"use strict";
var Engine = (function () {
  var LARGE = 512 << 20; // memory never shrinks: an instance that has grown so far is given up

  // Five characters are four bytes, as digits to the base of 85 (page.mjs writes them); others, such as line breaks that
  // came in on the way, count for nothing.
  function decode(text) {
    var digits = [], next = 0;
    "#()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~".split("").forEach(function (c, i) {
      digits[c.charCodeAt(0)] = i;
    });
    var bytes = new Uint8Array(Math.floor(text.length / 5) * 4), number = 0, read = 0;
    for (var i = 0; i < text.length; i++) {
      var digit = digits[text.charCodeAt(i)];
      if (digit === undefined) continue;
      number = number * 85 + digit;
      if (++read < 5) continue;
      for (var shift = 24; shift >= 0; shift -= 8) bytes[next++] = number >>> shift;
      number = read = 0;
    }
    return bytes.subarray(0, next);
  }

  // What the module's dependencies ask of a host: the date for new workbooks, which gouji then sets to a fixed one,
  // and random numbers to encrypt zips with, which it never does.
  function host(module) {
    var asked = {};
    WebAssembly.Module.imports(module).forEach(function (i) {
      asked[i.module] = asked[i.module] || {};
      asked[i.module][i.name] = function () { return 0; };
    });
    return asked;
  }

  // `packed` is the module deflated and as digits to the base of 85, `length` what it unpacks to.
  function Engine(packed, length) {
    this.module = WebAssembly.compile(inflate(decode(packed), length));
    this.wasm = null;
  }

  Engine.prototype.start = async function () {
    if (this.wasm && this.wasm.memory.buffer.byteLength < LARGE) return;
    var module = await this.module;
    this.wasm = (await WebAssembly.instantiate(module, host(module))).exports;
  };

  // Asks; files are Uint8Arrays. The answer's files are copies.
  Engine.prototype.ask = async function (question, files) {
    await this.start();
    var wasm = this.wasm;
    var sizes = files.map(function (f) { return f.length; });
    var json = new TextEncoder().encode(JSON.stringify(Object.assign({}, question, { files: sizes })));
    var length = sizes.reduce(function (a, b) { return a + b; }, 4 + json.length);
    try {
      var at = wasm.gouji_room(length);
      var room = new Uint8Array(wasm.memory.buffer, at, length);
      new DataView(wasm.memory.buffer).setUint32(at, json.length, true);
      room.set(json, 4);
      var next = 4 + json.length;
      files.forEach(function (f) { room.set(f, next); next += f.length; });
      return this.read(wasm.gouji_call(), wasm.gouji_len());
    } catch (fault) {
      this.wasm = null; // a fault leaves its memory in an unknown state
      throw fault;
    }
  };

  Engine.prototype.read = function (at, length) {
    var all = new Uint8Array(this.wasm.memory.buffer, at, length);
    var size = new DataView(this.wasm.memory.buffer).getUint32(at, true);
    var answer = JSON.parse(new TextDecoder().decode(all.slice(4, 4 + size)));
    var next = 4 + size;
    answer.files = answer.files.map(function (n) {
      next += n;
      return all.slice(next - n, next);
    });
    return answer;
  };
  return Engine;
})();

// Does jobs one after another: `{id, question, files}`, where a file is a File, its bytes, or a member of a zip; the
// files of the next are read meanwhile.
function Desk(packed, length, reply) {
  var engine = new Engine(packed, length);
  var queue = Promise.resolve();
  var zip = { file: null, bytes: null }; // members of one zip come one after another

  function read(file) {
    if (file instanceof Uint8Array) return Promise.resolve(file);
    return new Promise(function (done, failed) {
      var reader = new FileReader();
      reader.onload = function () { done(new Uint8Array(reader.result)); };
      reader.onerror = function () { failed({ io: String((reader.error && reader.error.message) || reader.error) }); };
      reader.readAsArrayBuffer(file);
    });
  }

  async function bytes(file) {
    if (!file.zip) return read(file);
    if (zip.file !== file.zip) zip = { file: file.zip, bytes: read(file.zip) };
    var answer = await engine.ask({ do: "member", place: file.place }, [await zip.bytes]);
    if (answer.failed) throw { failed: answer.failed };
    return answer.files[0];
  }

  async function work(job, files) {
    try {
      var answer = await engine.ask(job.question, await files);
      reply({ id: job.id, answer: answer }, answer.files.map(function (f) { return f.buffer; }));
    } catch (fault) {
      var known = fault && (fault.io || fault.failed);
      reply({ id: job.id, io: fault && fault.io, failed: fault && fault.failed, fault: known ? null : String(fault) }, []);
    }
  }

  this.take = function (job) {
    var files = Promise.all(job.files.map(bytes));
    files.catch(function () { }); // said when its turn comes
    queue = queue.then(function () { return work(job, files); });
  };
  engine.start().then(function () { reply({ ready: true }, []); },
    function (fault) { reply({ broken: String(fault) }, []); });
}

if (typeof window === "undefined" && typeof self !== "undefined") {
  var desk = null;
  self.onmessage = function (event) {
    if (event.data.engine) desk = new Desk(event.data.engine, event.data.length, function (m, t) { self.postMessage(m, t); });
    else desk.take(event.data);
  };
}
