namespace Pith.Studies.Stores;

/// <summary>What a store is opened for.</summary>
public enum StudyAccess
{
    /// <summary>Looking at a study, which another process may be writing to.</summary>
    Read = 0,

    /// <summary>Making a study or going on with it; at most one at a time.</summary>
    Write = 1,
}
