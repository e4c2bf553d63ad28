// Prints what ical.js reads in an iCalendar file: component, start, end, category and summary of each, by tabs.
// node ical.js FOLDER FILE, where FOLDER has ical.js in its node_modules.
const fs = require('fs');
const ICAL = require(require.resolve('ical.js', { paths: [process.argv[2]] }));

const plain = (text) => (text || '').replace(/\n/g, '\\n');
const time = (value) => (value ? value.toString().replace(/[-:]/g, '') : '');

const print = (component) => {
  const value = (name) => component.getFirstPropertyValue(name);
  const fields = [time(value('dtstart')), time(value('dtend')), plain(value('categories')), plain(value('summary'))];
  console.log([component.name.toUpperCase(), ...fields].join('\t'));
  component.getAllSubcomponents().forEach(print);
};

const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(process.argv[3], 'utf8')));
calendar.getAllSubcomponents().forEach(print);
