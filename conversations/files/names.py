"""What a file is called: text for people, never a path and never a reason to believe what is inside."""

import unicodedata

LONGEST = 255
# What runs when somebody opens it on their own machine. A second wall: the first is what the bytes are.
RUNS = frozenset(
    """
    .ade .adp .apk .app .appimage .application .appref-ms .bat .bin .cab .chm .cmd .com .command .cpl .csh .deb .desktop
    .dll .dmg .docm .dotm .elf .exe .gadget .hta .inf .ins .iqy .iso .isp .jar .jnlp .js .jse .ksh .lib .lnk .mde .msc
    .msh .msi .msix .msp .mst .nsh .ocx .pif .pkg .potm .ppam .ppsm .pptm .prg .ps1 .ps1xml .ps2 .psc1 .psd1 .psm1 .py
    .pyw .pyz .reg .rpm .run .scf .scr .sct .settingcontent-ms .sh .shb .shs .sldm .slk .sys .terminal .url .vb .vbe
    .vbs .vhd .vhdx .vxd .wasm .website .ws .wsc .wsf .wsh .xlam .xll .xlm .xlsm .xltm .xnk .zsh
    """.split()  # noqa: SIM905
)
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
# Besides control (Cc) and format (Cf) characters: those that no file system of a reader takes.
UNWANTED = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def clean_name(name: str) -> str:
    """The name as it is kept: invisible characters go first, so that nothing hides from what follows (T048)."""
    name = unicodedata.normalize("NFC", "".join(character for character in name if _is_visible(character)))
    name = " ".join(name.replace("\\", "/").rsplit("/", 1)[-1].translate(UNWANTED).split())
    # Windows drops dots and spaces at the end, servers read a meaning into a dot at the front.
    name = name.strip(". ")
    stem, extension = split(name)
    if stem.split(".")[0].lower() in DEVICES:
        stem = f"_{stem}"
    return (stem[: LONGEST - len(extension)] + extension) or "file"


def _is_visible(character: str) -> bool:
    # Cs: half a character, which no database stores. Zl, Zp: line ends in disguise.
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def split(name: str) -> tuple[str, str]:
    """(stem, extension with its dot); an extension is short, else the dot was one of a sentence."""
    stem, dot, extension = name.rpartition(".")
    return (stem, dot + extension) if stem and 0 < len(extension) <= 20 else (name, "")


def extension_of(name: str) -> str:
    return split(name)[1].lower()
