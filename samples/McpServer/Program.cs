using System.ComponentModel;
using ModelContextProtocol.Server;

// A server of the Model Context Protocol: over standard input and output, or with '--http' over HTTP.
if (args.Contains("--http"))
{
    var web = WebApplication.CreateBuilder(args);
    web.Services.AddMcpServer().WithHttpTransport().WithTools<Calculator>();
    var app = web.Build();
    app.MapMcp("/mcp");
    await app.RunAsync();
    return;
}

// The standard output belongs to the protocol.
var host = Host.CreateApplicationBuilder(args);
host.Logging.ClearProviders();
host.Services.AddMcpServer().WithStdioServerTransport().WithTools<Calculator>();
await host.Build().RunAsync();

[McpServerToolType]
internal sealed class Calculator
{
    [McpServerTool(Name = "add"), Description("Adds two numbers.")]
    public static double Add(double a, double b) => a + b;

    [McpServerTool(Name = "divide"), Description("Divides two numbers.")]
    public static double Divide(double a, double b) =>
        b == 0 ? throw new ModelContextProtocol.McpException("Nothing can be divided by zero.") : a / b;

    [McpServerTool(Name = "forget_everything"), Description("Nothing that a model should be let near.")]
    public static string Forget() => "forgotten";
}
