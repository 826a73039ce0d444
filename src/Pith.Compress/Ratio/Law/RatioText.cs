namespace Pith.Compress.Ratio.Law;

/// <summary>Which text a loss is measured on.</summary>
public enum RatioText
{
    /// <summary>The one that the search sees.</summary>
    Search = 0,

    /// <summary>The one that is reported, unseen by the search.</summary>
    Report = 1,
}
