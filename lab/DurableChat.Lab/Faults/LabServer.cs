using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Lab.Faults;

/// <summary>The server of the product, with the faults that the section <c>Lab</c> of its configuration names.</summary>
internal static class LabServer
{
    /// <summary>The program that runs it, with the server's own command and options.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "DurableChat.Lab.dll");

    /// <summary>Adds the faults to a server that is being built.</summary>
    public static void Configure(WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection(LabSettings.Section).Get<LabSettings>() ?? new LabSettings();
        if (settings.ToolUrl is { } tool)
        {
            builder.Services.AddSingleton(new RemoteWorkTool(tool).Create());
        }
    }
}
