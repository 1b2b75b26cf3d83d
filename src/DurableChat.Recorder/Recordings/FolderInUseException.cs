namespace DurableChat.Recorder.Recordings;

/// <summary>Another recorder uses the folder.</summary>
internal sealed class FolderInUseException(string folder, Exception cause)
    : IOException(
        $"The folder '{folder}' is in use by another recorder. Stop that one, or name another folder.", cause);
