namespace Pith.Core.Diagnostics;

/// <summary>Exit codes of every Pith program.</summary>
public enum ExitCode
{
    /// <summary>All done.</summary>
    Ok = 0,

    /// <summary>A check that was asked for did not hold, or the work failed.</summary>
    Failed = 1,

    /// <summary>The command line is not right.</summary>
    Usage = 2,

    /// <summary>An input file or value is not right.</summary>
    BadInput = 3,

    /// <summary>A tool or package that is needed is not installed.</summary>
    MissingTool = 4,

    /// <summary>Stopped by Ctrl-C.</summary>
    Cancelled = 130,
}
