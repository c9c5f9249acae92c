"""The pandas example of .github/FORMS.md, run as it stands there against the program and its samples.

usage: pandas_example.py PROGRAM
"""
import contextlib
import glob
import io
import os
import sys
import tempfile

program = os.path.abspath(sys.argv[1])
page = open(".github/FORMS.md", encoding="utf8").read()
example = page.split("```python\n")[1].split("```")[0]
with tempfile.TemporaryDirectory() as folder:
    os.symlink(program, os.path.join(folder, "gouji"))
    os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]
    out = io.StringIO()
    files = [f for f in sorted(glob.glob("samples/*.xlsx")) if ".审核." not in f and ".更正." not in f]
    with contextlib.redirect_stdout(out):
        names = {"files": files}
        exec(compile(example, "FORMS.md", "exec"), names)
assert len(names["table"]) == len(files) > 0, names["table"]
assert names["findings"]["findings"].str["code"].str.match(r"^[A-Z]\d{3}$").all()
assert "code" in out.getvalue(), out.getvalue()
print(f"pandas: {len(files)} files, {len(names['findings'])} findings by code")
