"""Two invented items, and the files that an office would make of them."""

import email.mime.multipart
import email.mime.text
import io
import quopri
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import docx
import fpdf
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Invented:
    title: str
    date: str
    paragraphs: tuple[str, ...]
    link: str


Items = tuple[Invented, ...]
ITEMS: Items = (
    Invented(
        title="Invented Town's schools 'overwhelmed' by messages in group chats at night",
        date="April 2019",
        paragraphs=(
            (
                "In an invented review of 34 schools, 29 said that pupils were woken by messages,"
                " and 15 had written to parents about it in the past year."
            ),
            (
                "Teachers of the invented town asked for a rule that all chats rest after nine in"
                " the evening. \u201cNobody needs to answer at midnight,\u201d one of them said."
            ),
        ),
        link="https://gazette.example/2019/03/schools-overwhelmed-by-group-chats",
    ),
    Invented(
        title="Phones could be kept in a box under plans to protect pupils' lessons",
        date="April 2019",
        paragraphs=(
            (
                "An invented council voted for boxes in which telephones rest during lessons, and"
                " wants to count after half a year how many pupils read more books."
            ),
        ),
        link="https://courier.example/news/phones-in-a-box-1-234567",
    ),
)


def html_of(items: Items) -> str:
    """A mail as newsletter services write it: nested tables, trackers, buttons."""
    rows = []
    for number, item in enumerate(items, 1):
        texts = "".join(f"<p style='margin:0'>{text}</p>" for text in item.paragraphs)
        sign = "&" if "?" in item.link else "?"
        target = quote(f"{item.link}{sign}utm_source=mail", safe="")
        tracked = f"https://clicks.example/track?u={target}"
        rows.append(
            f"<tr><td><table><tr><td><h2>{number}. {item.title}</h2><p>{item.date}</p>{texts}"
            f"<p><a href='{tracked}'>Read more</a></p></td></tr></table></td></tr>"
        )
    return (
        "<html><head><title>E-safety update (invented)</title><style>p{}</style></head><body>"
        f"<table>{''.join(rows)}</table></body></html>"
    )


def as_html(items: Items) -> bytes:
    return html_of(items).encode()


def as_mail(items: Items) -> bytes:
    mail = email.mime.multipart.MIMEMultipart("alternative")
    mail["Subject"] = "E-safety update, invented, \u2013 April"
    mail["From"] = "news@charity.example"
    mail["Date"] = "Mon, 15 Apr 2019 09:00:00 +0100"
    mail.attach(email.mime.text.MIMEText("See the HTML part.", "plain", "utf-8"))
    part = email.mime.text.MIMEText("", "html", "utf-8")
    part.replace_header("Content-Transfer-Encoding", "quoted-printable")
    part.set_payload(quopri.encodestring(html_of(items).encode()).decode())
    mail.attach(part)
    return mail.as_bytes()


def as_pdf(items: Items, *, columns: int = 1, lines_a_page: float = 297) -> bytes:
    pdf = Paper(format=(210, lines_a_page))
    pdf.core_fonts_encoding = "windows-1252"
    pdf.set_auto_page_break(auto=True, margin=30)
    pdf.add_page()
    with pdf.text_columns(ncols=columns, gutter=12, balance=columns > 1, text_align="LEFT") as text:
        for number, item in enumerate(items, 1):
            pdf.set_font("Helvetica", "B", 14)
            text.write(plain(f"{number}. {item.title}\n"))
            text.ln(2)
            pdf.set_font("Helvetica", "", 10)
            text.write(plain(f"{item.date}\n"))
            text.ln(4)
            for paragraph in item.paragraphs:
                text.write(plain(paragraph + "\n"))
                text.ln(5)
            text.write("Link: ")
            text.write(plain(item.link), link=item.link)
            text.ln(12)
    return bytes(pdf.output())


class Paper(fpdf.FPDF):
    """Pages with a running header and page numbers."""

    def header(self) -> None:
        self.set_font("Helvetica", "", 8)
        self.set_y(6)
        self.cell(0, 4, "E safety Update (invented)")
        self.set_y(30)

    def footer(self) -> None:
        self.set_y(-10)
        self.cell(0, 4, f"Page {self.page_no()}")


def plain(text: str) -> str:
    return text.replace("\u201c", '"').replace("\u201d", '"')


def as_word(items: Items, *, numbered_by_word: bool = False) -> bytes:
    document = docx.Document()
    document.add_paragraph("E safety Update (invented)", style="Title")
    for number, item in enumerate(items, 1):
        if numbered_by_word:
            document.add_paragraph(item.title, style="List Number")
        else:
            document.add_heading(f"{number}. {item.title}", level=2)
        document.add_paragraph(item.date)
        for text in item.paragraphs:
            document.add_paragraph(text)
        closing = document.add_paragraph("Link: ")
        link = OxmlElement("w:hyperlink")
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
        link.set(qn("r:id"), document.part.relate_to(item.link, kind, is_external=True))
        run = OxmlElement("w:r")
        words = OxmlElement("w:t")
        words.text = "the whole article"
        run.append(words)
        link.append(run)
        closing._p.append(link)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()
