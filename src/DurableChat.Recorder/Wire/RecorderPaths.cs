namespace DurableChat.Recorder.Wire;

/// <summary>The paths of the recorder. The number is that of the protocol.</summary>
internal static class RecorderPaths
{
    /// <summary><c>POST</c>: a request to a provider. <c>DELETE</c>: what a call has begun is not needed any
    /// more.</summary>
    public const string Exchanges = "/recorder/v1/exchanges";

    /// <summary><c>GET</c>: what there is.</summary>
    public const string Status = "/recorder/v1/status";
}
