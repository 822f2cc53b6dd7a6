// What dashboards take of Apache ECharts: bundled into templates/dashboard/echarts.js by `node tests/tools/dashboard.mjs vendor`.
import * as core from "echarts/core";
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, LegendPlainComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

core.use([BarChart, CustomChart, LineChart, GridComponent, LegendPlainComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);
export const { init } = core;
