namespace Pith.Core.Reports;

/// <summary>Text that somebody or something else wrote, such as a sample from a model.</summary>
/// <param name="Text">Plain text; line breaks are kept.</param>
/// <param name="Source">Who wrote it.</param>
public sealed record Quote(string Text, string Source) : ReportBlock;
