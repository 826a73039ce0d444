namespace Pith.Cli.Doctor;

/// <summary>How a check came out.</summary>
internal enum CheckStatus
{
    /// <summary>All is as it should be.</summary>
    Ok = 0,

    /// <summary>Not here, and only some verbs need it.</summary>
    Optional = 1,

    /// <summary>Not here, or too little of it, and Pith needs it.</summary>
    Missing = 2,
}
