namespace Pith.Models.Chat.Templates;

/// <summary>Caps on the work of a chat template, well above every published one (ours).</summary>
internal static class TemplateLimits
{
    /// <summary>Longest template, in UTF-16 units; published ones reach about 30,000.</summary>
    public const int MaxSourceLength = 1 << 18;

    /// <summary>Deepest nesting of statements and expressions together.</summary>
    public const int MaxDepth = 100;

    /// <summary>Most expressions and statements evaluated, and turns of loops.</summary>
    public const int MaxSteps = 250_000;

    /// <summary>Longest text made, in UTF-16 units, the prompt included.</summary>
    public const int MaxTextLength = 1 << 22;

    /// <summary>Most work in all: a unit for each UTF-16 unit of text made or looked at; a tenth of a second or so.</summary>
    public const long MaxWork = 1L << 26;

    /// <summary>Work that an item of a list counts for.</summary>
    public const long WorkPerItem = 16;

    /// <summary>Most items of a list made by the template.</summary>
    public const int MaxItems = 100_000;

    /// <summary>Deepest nesting of calls of macros.</summary>
    public const int MaxCalls = 32;
}
