using DurableChat.Recorder.Calls;

namespace DurableChat.Recorder.Wire;

/// <summary>The headers between server and recorder. All begin with <see cref="ProviderHeaders.OwnPrefix"/>.</summary>
internal static class RecorderHeaders
{
    /// <summary>The shared secret.</summary>
    public const string Secret = "Recorder-Secret";

    /// <summary>The URL of the request.</summary>
    public const string Target = "Recorder-Target";

    /// <summary>The conversation.</summary>
    public const string Chat = "Recorder-Chat";

    /// <summary>The epoch of its history.</summary>
    public const string Epoch = "Recorder-Epoch";

    /// <summary>The last message before the answer.</summary>
    public const string Head = "Recorder-Head";

    /// <summary>The call.</summary>
    public const string Generation = "Recorder-Generation";

    /// <summary>The fencing token.</summary>
    public const string Token = "Recorder-Token";

    /// <summary>The newest call that has failed.</summary>
    public const string After = "Recorder-After";

    /// <summary>On a provider's response: <c>live</c> or <c>replay</c>.</summary>
    public const string Answer = "Recorder-Answer";

    /// <summary>On a response of the recorder itself: one of <see cref="RecorderErrors"/>.</summary>
    public const string Error = "Recorder-Error";
}
