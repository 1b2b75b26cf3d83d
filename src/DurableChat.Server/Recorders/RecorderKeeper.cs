using DurableChat.Models;
using DurableChat.Recorder.Wire;

namespace DurableChat.Server.Recorders;

/// <summary>
/// Notifies the recorder of finished calls. The recorder's own limits make up for lost notifications. Thread-safe.
/// </summary>
internal sealed partial class RecorderKeeper(
    RecorderLink link, TimeProvider time, ILogger<RecorderKeeper> logger) : IModelCallKeeper
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public void Forget(ModelCallId call) => _ = Task.Run(() => ForgetAsync(call));

    private async Task ForgetAsync(ModelCallId call)
    {
        try
        {
            using var limit = new CancellationTokenSource(_patience, time);
            using var request = link.Request(HttpMethod.Delete, RecorderPaths.Exchanges);
            RecorderLink.Describe(request, call);
            using var response = await link.SendAsync(request, limit.Token);
        }
        catch (Exception exception) when (
            exception is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            LogNotForgotten(call.Chat, call.Generation, exception.Message);
        }
    }

    [LoggerMessage(
        1, LogLevel.Debug, "The recorder was not told that generation {Generation} of chat {Chat} is over: {Reason}")]
    private partial void LogNotForgotten(string chat, long generation, string reason);
}
