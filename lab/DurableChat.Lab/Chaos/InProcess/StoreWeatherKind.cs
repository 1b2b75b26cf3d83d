namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>What the database is going through.</summary>
internal enum StoreWeatherKind
{
    Fair,

    /// <summary>
    /// It cannot be reached. What is under way when that begins is done or not, and its caller does not learn which.
    /// </summary>
    Down,

    /// <summary>Nothing can be written.</summary>
    Full,

    /// <summary>Each call takes longer.</summary>
    Slow,

    /// <summary>Writes wait until it is over, and then succeed.</summary>
    Hanging,

    /// <summary>Writes fail.</summary>
    ReadOnly,

    /// <summary>Half of the commits fail for their callers, and are done seconds later.</summary>
    Late,
}
