using DurableChat.Providers.Http;

namespace DurableChat.Mcp.Connections;

/// <summary>
/// Limits the size of each message in an HTTP response, and of the response as a whole. The stream on which a server
/// announces changes stays open, so it has no total limit.
/// </summary>
internal sealed class McpLimitHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var whole = response.Content;
        var most = request.Method == HttpMethod.Get ? long.MaxValue : McpLimits.MaxAnswerBytes;
        var stream = await whole.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        response.Content = new StreamContent(
            new EventLimitStream(stream, McpLimits.MaxMessageBytes, most, "The answer of the MCP server"));
        foreach (var (name, values) in whole.Headers.NonValidated)
        {
            response.Content.Headers.TryAddWithoutValidation(name, values);
        }

        return response;
    }
}
