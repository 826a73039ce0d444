namespace Pith.Studies;

/// <summary>Which values of an objective are better.</summary>
public enum Direction
{
    /// <summary>Small ones.</summary>
    Minimize = 0,

    /// <summary>Large ones.</summary>
    Maximize = 1,
}
