using DurableChat.Models;
using DurableChat.Providers;
using DurableChat.Recorder.Calls;
using DurableChat.Recorder.Wire;

namespace DurableChat.Server.Recorders;

/// <summary>
/// Sends model requests through the recorder, and never around it: if the recorder is unavailable, the call fails and
/// the turn's usual retry repeats it. Thread-safe.
/// </summary>
internal sealed class RecorderHandler(RecorderLink link) : HttpMessageHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var message = link.Request(HttpMethod.Post, RecorderPaths.Exchanges);
        message.Content = request.Content;
        message.Headers.TryAddWithoutValidation(RecorderHeaders.Target, request.RequestUri!.AbsoluteUri);
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (ProviderHeaders.IsPassedOn(name))
            {
                message.Headers.TryAddWithoutValidation(name, values);
            }
        }

        RecorderLink.Describe(
            message,
            request.Options.TryGetValue(ProviderModels.CallOption, out var call) && call is not null ? call : Alone());
        HttpResponseMessage response;
        try
        {
            response = await link.SendAsync(message, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new ModelException(
                RecorderFailures.Unavailable,
                new HttpRequestException($"The recorder at {link.On} does not answer: {exception.Message}", exception));
        }
        finally
        {
            // The content belongs to the caller's request.
            message.Content = null;
        }

        if (response.Headers.Contains(RecorderHeaders.Answer))
        {
            response.RequestMessage = request;
            return response;
        }

        using (response)
        {
            throw RecorderFailures.Of(response, link.On, request.RequestUri);
        }
    }

    /// <summary>
    /// The identity of a request outside of chats, as an application may make it. Its answer is never requested again.
    /// </summary>
    private static ModelCallId Alone() =>
        new($"alone-{Guid.NewGuid():N}", Epoch: 0, Head: 0, Generation: 1, FencingToken: 0);
}
