using Pith.Core.Diagnostics;

namespace Pith.Studies;

/// <summary>Errors of studies: PITH6000 to PITH6099.</summary>
public static class StudyErrors
{
    /// <summary>There is no study at the place, or something else.</summary>
    public static readonly ErrorCode NotAStudy = new(
        "PITH6001", "Not a study", "Name the folder that a search wrote to; `pith study list DIR` shows the studies below a folder.");

    /// <summary>The database of a study does not hold what was written.</summary>
    public static readonly ErrorCode Damaged = new(
        "PITH6002", "The study is damaged", "Bring the folder back from a copy, or start anew with --force.");

    /// <summary>Another process writes to the study.</summary>
    public static readonly ErrorCode InUse = new(
        "PITH6003", "Another process writes to the study", "Wait until it ends or stop it; `pith study show` reads a study at any time.", ExitCode.Failed);

    /// <summary>The study was made for another model, text, setting or version.</summary>
    public static readonly ErrorCode OtherStudy = new(
        "PITH6004", "The study is another one", "Choose another --out, repeat the settings of the study, or pass --force to start anew.");

    /// <summary>The study does not say which command made it.</summary>
    public static readonly ErrorCode NoCommand = new(
        "PITH6005", "The study cannot be resumed by itself", "Run the command again that made it.");
}
