using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Recorder.Options;
using DurableChat.Recorder.Wire;

namespace DurableChat.Server.Recorders;

/// <summary>Explains why the recorder refused a request. Pure.</summary>
internal static class RecorderFailures
{
    /// <summary>The recorder does not answer.</summary>
    public static ModelFailure Unavailable { get; } =
        Retryable("recorder_unavailable", "The recorder of model calls could not be reached.");

    private static readonly ModelFailure _refused = new(
        new ChatError(
            "recorder_refused", "The recorder of model calls refused the server's request.", Retryable: false));
    private static readonly ModelFailure _stale =
        Retryable("recorder_stale", "Another worker has taken over the turn.");
    private static readonly ModelFailure _full =
        Retryable("recorder_full", "The recorder of model calls has no room for another one.");

    /// <summary>
    /// The exception for a response of the recorder itself. Its inner exception, which is logged, says what to do.
    /// </summary>
    public static Exception Of(HttpResponseMessage response, ListenOn on, Uri target)
    {
        var error = response.Headers.TryGetValues(RecorderHeaders.Error, out var values) ? values.First() : "";
        var (failure, advice) = error switch
        {
            RecorderErrors.NoAnswer => (
                null,
                $"{target.Authority} could not be reached, or broke the connection. The recorder's log says why."),
            RecorderErrors.WrongSecret => (_refused, "Its secret is not that of DurableChat:Recorder:Secret."),
            RecorderErrors.HostNotAllowed => (
                _refused,
                $"It may not send anything to {target.Authority}. Start it with --allow-host {target.Authority}"),
            RecorderErrors.TooLarge => (_refused, "The request is larger than its --max-request-mb."),
            RecorderErrors.Stale => (_stale, "A later lease, call or step of the chat is known to it."),
            RecorderErrors.Full => (_full, "It has as many exchanges as --max-exchanges allows, and all of them run."),
            RecorderErrors.BadRequest => (_refused, "It does not understand the request: is it of another version?"),
            _ => (
                Unavailable,
                $"It answered with {(int)response.StatusCode}, and not as a recorder. "
                    + "Check DurableChat:Recorder:Address."),
        };
        var cause = new HttpRequestException($"The recorder at {on}: {advice}");
        return failure is null ? cause : new ModelException(failure, cause);
    }

    private static ModelFailure Retryable(string code, string message) =>
        new(new ChatError(code, message, Retryable: true));
}
