namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>What is asked of the database.</summary>
internal enum StoreCall
{
    Read,
    Write,

    /// <summary>A write that may be repeated after it failed, because it names the version that it expects.</summary>
    Commit,
}
