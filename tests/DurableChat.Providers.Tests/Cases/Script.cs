namespace DurableChat.Providers.Tests.Cases;

/// <summary>Answers requests one after the other as it was told, and keeps their bodies.</summary>
internal sealed class Script(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
{
    public List<string> Bodies { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
        return answers[Math.Min(Bodies.Count, answers.Length) - 1]();
    }
}
