#!/usr/bin/env python3
"""Makes the README's pictures from the samples, so that they show what gouji writes today.

    python3 pictures.py GOUJI OUT

Each sample is audited; LibreOffice prints the annotated workbook and poppler turns a page into a picture. For the
picture alone the office's sheet is fitted to one page with columns that show their labels whole, and the first
comment is left open, as if the mouse were over the cell.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import zipfile

# Picture, sample, sheet of the annotated workbook (counted from 1).
PICTURES = [
    ("marked", "石碁镇2022", 2),
    ("marked-suqian", "宿迁市2024", 2),
    ("located", "数字打错一位", 2),
    ("result", "数字打错一位", 1),
]
PAGE = ('<printOptions horizontalCentered="1"/><pageMargins left="0.3" right="0.3" top="0.3" bottom="0.3" header="0" '
        'footer="0"/><pageSetup paperSize="8" orientation="landscape" fitToWidth="1" fitToHeight="1"/>')
WIDTHS = "<cols>" + "".join(
    f'<col min="{first}" max="{last}" width="{width}" customWidth="1"/>'
    for first, last, width in [(1, 1, 40), (2, 2, 18), (3, 3, 74), (4, 15, 14)]) + "</cols>"
ONE_PAGE = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'


def for_print(source, target):
    """A copy with the office's sheets fitted to one page and the first comment of each open."""
    with zipfile.ZipFile(source) as book, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for item in book.infolist():
            text = book.read(item)
            if item.filename.endswith(".vml"):
                text = text.replace(b"visibility:hidden", b"visibility:visible", 1)
                text = text.replace(b"<x:AutoFill>", b"<x:Visible/><x:AutoFill>", 1)
            elif re.match(r"xl/worksheets/sheet\d+\.xml", item.filename) and "审核依据" not in text.decode():
                text = fitted(text.decode()).encode()
            out.writestr(item, text)


def fitted(xml):
    xml = re.sub(r"<(printOptions|pageMargins|pageSetup)\b[^>]*/>|<sheetPr\b[^>]*?/>|<sheetPr\b.*?</sheetPr>", "", xml)
    xml = re.sub(r"(<worksheet\b[^>]*>)", lambda m: m.group(1) + ONE_PAGE, xml, count=1)
    xml = re.sub(r"<cols>.*?</cols>", "", xml)
    xml = xml.replace("<sheetData>", WIDTHS + "<sheetData>", 1)
    later = r"(<headerFooter|<drawing |<legacyDrawing|<tableParts|<extLst|</worksheet>)"
    return re.sub(later, lambda m: PAGE + m.group(1), xml, count=1)


def shot(gouji, work, profile, name, sample, page, out):
    subprocess.run([gouji, "audit", "-q", "-o", work, f"samples/{sample}.xlsx"], check=False,
                   stdout=subprocess.DEVNULL)
    copy = os.path.join(work, f"{name}.xlsx")
    for_print(os.path.join(work, f"{sample}.审核.xlsx"), copy)
    subprocess.run(["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", work, copy], check=True,
                   stdout=subprocess.DEVNULL, timeout=180)
    picture = os.path.join(out, name)
    subprocess.run(["pdftoppm", "-png", "-singlefile", "-r", "130", "-f", str(page), "-l", str(page),
                    copy[:-5] + ".pdf", picture], check=True)
    crop(picture + ".png")


def crop(path):
    """Cuts the white margin off, if Pillow is there."""
    try:
        from PIL import Image, ImageChops
    except ImportError:
        return
    image = Image.open(path).convert("RGB")
    white = Image.new("RGB", image.size, (255, 255, 255))
    # The page number at the foot is no part of the picture.
    image.paste((255, 255, 255), (0, int(image.height * 0.94), image.width, image.height))
    box = ImageChops.difference(image, white).getbbox()
    if box:
        edge = 16
        box = (max(box[0] - edge, 0), max(box[1] - edge, 0), min(box[2] + edge, image.width),
               min(box[3] + edge, image.height))
        image.crop(box).quantize(64).save(path, optimize=True)


def main():
    gouji, out = sys.argv[1:3]
    os.makedirs(out, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        profile = f"-env:UserInstallation=file://{work}/profile"
        for name, sample, page in PICTURES:
            shot(gouji, work, profile, name, sample, page, out)
    print("\n".join(sorted(glob.glob(os.path.join(out, "*.png")))))


if __name__ == "__main__":
    main()
