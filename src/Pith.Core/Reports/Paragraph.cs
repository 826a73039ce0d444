namespace Pith.Core.Reports;

/// <summary>A paragraph of prose.</summary>
/// <param name="Text">Plain text; every renderer escapes it.</param>
public sealed record Paragraph(string Text) : ReportBlock;
