// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;

namespace Hypervisor.Offsets;

/// <summary>The command: <c>Hypervisor.Offsets OUTPUT ASSEMBLY...</c></summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length < 2)
        {
            Console.Error.WriteLine("usage: Hypervisor.Offsets OUTPUT ASSEMBLY...");
            return 2;
        }

        var definitions = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (string assembly in arguments[1..])
            {
                OffsetReader.Read(assembly, definitions);
            }
        }
        catch (InvalidDataException problem)
        {
            // The form that MSBuild shows as an error of the build.
            Console.Error.WriteLine($"Hypervisor.Offsets : error HVO001: {problem.Message}");
            return 1;
        }

        File.WriteAllText(arguments[0], OffsetFile.Format(definitions));
        return 0;
    }
}
