namespace DurableChat.Recorder.Wire;

/// <summary>The paths of the recorder. They contain the version of the protocol.</summary>
internal static class RecorderPaths
{
    /// <summary>
    /// <c>POST</c>: a request to a provider. <c>DELETE</c>: the exchange of a call is no longer needed.
    /// </summary>
    public const string Exchanges = "/recorder/v1/exchanges";

    /// <summary><c>GET</c>: the recorder's figures.</summary>
    public const string Status = "/recorder/v1/status";
}
