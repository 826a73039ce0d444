namespace Pith.Core.Reports;

/// <summary>Starts a section.</summary>
/// <param name="Text">Plain text.</param>
public sealed record Heading(string Text) : ReportBlock;
