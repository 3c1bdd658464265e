// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Text;
using System.Text.RegularExpressions;
using Hypervisor.Machine.Config;

namespace Hypervisor.EmulatorTests;

/// <summary>A wrong config: the booted console says what <c>hv check</c> says, and waits in the monitor.</summary>
internal static class ConfigRuns
{
    private const string WrongConfig = """
        [host]
        console = "com7"

        [[vm]]
        name   = "web"
        memory = "25X"
        kernel = "nothing-there"
        colour = "blue"

        [[vm.disk]]
        source = "ram:64M"
        """;

    public static readonly Run[] All =
    [
        new Run
        {
            Name = "config-errors",
            Part = Part.Emulator,
            Config = WrongConfig,
            Files = new Dictionary<string, string>(),
            Script = Errors,
        },
        new Run
        {
            Name = "config-errors-second-port",
            Part = Part.Emulator,
            Config = "[host]\nconsole = \"com2\"\n\n" + LinuxGuest.Config(extra: "pin = [1]"),
            Files = LinuxGuest.Files,
            Script = static console =>
            {
                _ = console.Expect(@"pin = \[1\]: processor 1 is not there");
                _ = console.Expect(LinuxGuest.Monitor, 20);
                console.Type("poweroff");
                console.ExpectPowerOff();
            },
        },
    ];

    private static void Errors(RunConsole console)
    {
        ConfigErrors errors = ConfigLoader.Load(
            "hypervisor.toml", Encoding.UTF8.GetBytes(WrongConfig), new ConfigEnvironment([])).Errors;
        for (int i = 0; i < errors.Count; i++)
        {
            _ = console.Expect(Regex.Escape(errors.Format(errors[i]!)));
        }

        _ = console.Expect(LinuxGuest.Monitor, 20);
        console.Type("poweroff");
        console.ExpectPowerOff();
    }
}
