namespace Pith.Core.Reports;

/// <summary>Text shown as it stands, in a fixed-width font: commands, configuration.</summary>
/// <param name="Text">Plain text, possibly of several lines.</param>
public sealed record CodeBlock(string Text) : ReportBlock;
