"""What GIMP 3 no longer has, and what to use instead."""

from __future__ import annotations

#: Names of 2.10 without a counterpart that our adapters could call, each with a sentence.
GONE = {
    "gimp-context-get-transform-recursion": "it had no effect any more",
    "gimp-context-set-transform-recursion": "it had no effect any more",
    "gimp-drawable-get-format": "use gimp_drawable_type",
    "gimp-drawable-get-thumbnail-format": "use gimp_drawable_thumbnail",
    "gimp-get-color-configuration": "there is no replacement",
    "gimp-get-icon-theme-dir": "there is no replacement",
    "gimp-get-theme-dir": "there is no replacement",
    "gimp-get-path-by-tattoo": "use gimp_image_get_vectors_by_tattoo",
    "gimp-image-get-metadata": "there is no replacement for plug-ins of this kind",
    "gimp-image-set-metadata": "there is no replacement for plug-ins of this kind",
    "gimp-image-convert-color-profile": "use gimp_image_convert_color_profile_from_file",
    "gimp-brushes-get-brush-data": "use gimp_brush_get_pixels",
    "gimp-patterns-get-pattern-data": "use gimp_pattern_get_pixels",
    "gimp-online-wiki": "there is no replacement",
    "gimp-progress-install": "the progress shows in GIMP's own bar",
    "gimp-progress-uninstall": "the progress shows in GIMP's own bar",
    "gimp-plugins-query": "use gimp_procedural_db_query",
    "gimp-unit-set-deletion-flag": "there is no replacement",
    "file-mng-save": "GIMP 3 writes no MNG; use file_gif_save or file_webp_save",
    "file-gtm-save": "GIMP 3 writes no HTML table by this name; use file_html_table_export",
    "file-svg-load-thumb": "use file_svg_load",
    "file-pdf-save-multi": "use file_pdf_save",
    "plug-in-ccanalyze": "there is no replacement",
    "plug-in-filter-pack": "it was interactive; use gimp_hue_saturation or gimp_color_balance",
    "plug-in-max-rgb": "there is no replacement",
    "plug-in-icc-profile-apply": "use gimp_image_convert_color_profile_from_file",
    "plug-in-icc-profile-set": "use gimp_image_set_color_profile",
    "plug-in-decompose-registered": "use plug_in_decompose",
    "script-fu-copy-visible": "use gimp_edit_copy_visible",
    "script-fu-selection-to-image": "use gimp_edit_copy and gimp_edit_paste_as_new_image",
    "script-fu-selection-to-brush": "use gimp_edit_copy, and save the clipboard as a brush",
    "script-fu-selection-to-pattern": "use gimp_edit_copy, and save the clipboard as a pattern",
    "script-fu-refresh": "use gimp_brushes_refresh and its like",
    "script-fu-erase-rows": "there is no replacement",
    "script-fu-predator": "there is no replacement",
    "script-fu-grid-system": "use plug_in_grid",
}


def sentence(name: str, version: str, known_to_2_10: bool) -> str:
    """Return why a procedure cannot be called, and what to do."""
    spelled = name.replace("-", "_")
    if name in GONE:
        return f"GIMP {version} has no pdb.{spelled}: {GONE[name]}."
    if known_to_2_10:
        return f"GIMP {version} has no pdb.{spelled}: it was dropped, and there is no replacement."
    return (
        f"GIMP {version} has no pdb.{spelled}, and GIMP 2.10 had none either: it comes from another plug-in, "
        "which has to be installed."
    )
