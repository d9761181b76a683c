"""Records, or an analysis of them, -> what a person sees: figure, terminal, workbook, comparison table, report.

Import the module you need (`evidence.present.forest`, `.export`, `.console` ...): the drawing and spreadsheet libraries
load with the module that uses them, never with this package. Nothing here reads a store or computes a statistic.
"""
